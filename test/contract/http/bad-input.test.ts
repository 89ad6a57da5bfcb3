import { describe, expect, test } from 'vitest'
import { keys, serveApp, until } from './served-app.ts'

const app = serveApp()
const preview = { pairId: 'pooled-uk', kind: 'failover' }
const hash = 'a'.repeat(64)
const big = (bytes: number) => JSON.stringify({ ...preview, hosts: ['x'.repeat(bytes)] })
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, i]))

const naughty = [
  '../../etc/passwd',
  '..\\..\\windows',
  'a/b',
  'a#b?c',
  "' or PartitionKey ne '",
  '\u0000',
  '\u202Egnp.exe',
  '\uD800',
  '$' + '{jndi:ldap://x}',
  '<script>alert(1)</script>',
  'İ',
  ' ',
  '',
  '-',
  'x'.repeat(5_000),
  '__proto__',
]

type Row = readonly [title: string, path: string, body: unknown, status: number, code: string]

const rows: readonly Row[] = [
  ['no JSON at all', '/api/previews', 'pairId=pooled-uk', 400, 'malformedBody'],
  ['an empty body', '/api/previews', '', 400, 'malformedBody'],
  ['cut short', '/api/previews', '{"pairId":', 400, 'malformedBody'],
  ['not UTF-8', '/api/previews', new Uint8Array([0x22, 0xff, 0xfe, 0x22]), 400, 'malformedBody'],
  ['larger than 256 KB', '/api/previews', big(256 * 1_024), 413, 'bodyTooLarge'],
  ['nested 21 deep', '/api/previews', nested(21), 400, 'malformedBody'],
  ['nested 100,000 deep', '/api/previews', nested(100_000), 400, 'malformedBody'],
  ['with 1,001 names', '/api/previews', names(1_001), 400, 'malformedBody'],
  ['a list', '/api/previews', [preview], 400, 'invalidRequest'],
  ['null', '/api/previews', 'null', 400, 'invalidRequest'],
  ['an unknown field', '/api/previews', { ...preview, plan: 'other' }, 400, 'invalidRequest'],
  ['a prototype', '/api/previews', `{"pairId":"pooled-uk","kind":"failover","__proto__":{}}`, 400, 'invalidRequest'],
  ['a number for a name', '/api/previews', { ...preview, pairId: 7 }, 400, 'invalidRequest'],
  ['a text for a choice', '/api/previews', { ...preview, primaryIsDown: 'yes' }, 400, 'invalidRequest'],
  ['an unknown kind', '/api/previews', { ...preview, kind: 'destroy' }, 400, 'invalidRequest'],
  ['an unknown pair', '/api/previews', { ...preview, pairId: 'nobody' }, 404, 'unknownPair'],
  ...(
    [
      ['without a reason', { finding: 'own-rights' }],
      ['with an empty reason', { finding: 'own-rights', reason: '' }],
      ['without a finding', { reason: 'known' }],
      ['of no rule', { finding: 'a rule', reason: 'known' }],
      ['of a subject with control characters', { finding: 'own-rights:\u0000', reason: 'known' }],
      ['by somebody else', { finding: 'own-rights', reason: 'known', by: 'the boss' }],
      ['by a pattern', { finding: '*', reason: 'known' }],
    ] as const
  ).map(([title, override]): Row => {
    return [`an override ${title}`, '/api/previews', { ...preview, overrides: [override] }, 400, 'invalidRequest']
  }),
  ['overrides that are a word', '/api/previews', { ...preview, overrides: 'all' }, 400, 'invalidRequest'],
  [
    '101 overrides',
    '/api/previews',
    { ...preview, overrides: Array(101).fill({ finding: 'own-rights', reason: 'known' }) },
    400,
    'invalidRequest',
  ],
  [
    'overrides of a commit',
    '/api/previews',
    { pairId: 'personal-uk', kind: 'commit', overrides: [{ finding: 'own-rights', reason: 'known' }] },
    400,
    'invalidRequest',
  ],
  ['a short hash', '/api/operations', { hash: 'abc' }, 400, 'invalidRequest'],
  ['an unknown preview', '/api/operations', { hash }, 404, 'unknownPreview'],
  ['a moment without a zone', '/api/operations', { hash, startAt: '2026-03-14T21:00:00' }, 400, 'invalidRequest'],
  ['a moment as a number', '/api/operations', { hash, startAt: 0 }, 400, 'invalidRequest'],
  ['another caller', '/api/operations', { hash, by: 'somebody else' }, 400, 'invalidRequest'],
  ['a far moment', '/api/operations', { hash, startAt: '9999-01-01T00:00:00Z' }, 422, 'tooFar'],
  ['an unknown command', '/api/operations/failover-x-1/control', { command: 'stop' }, 400, 'invalidRequest'],
  ['a reply without words', '/api/operations/failover-x-1/control', { command: 'reply' }, 400, 'invalidRequest'],
  [
    'a pause with a reply',
    '/api/operations/failover-x-1/control',
    { command: 'pause', reply: 'wait' },
    400,
    'invalidRequest',
  ],
  ['an unknown operation', '/api/operations/failover-x-1/control', { command: 'pause' }, 404, 'unknownOperation'],
  ['a path for an id', '/api/operations/..%2F..%2Fpairs/control', { command: 'pause' }, 404, 'unknownOperation'],
  ['quotes for an id', "/api/operations/x'%20or%201/control", { command: 'pause' }, 404, 'unknownOperation'],
  ...naughty.map((text): Row => {
    return [
      `pair ${JSON.stringify(text).slice(0, 30)}`,
      '/api/previews',
      { ...preview, pairId: text },
      400,
      'invalidRequest',
    ]
  }),
  ...naughty.map((text): Row => {
    return [
      `host ${JSON.stringify(text).slice(0, 30)}`,
      '/api/previews',
      { ...preview, hosts: [text, 'a b'] },
      400,
      'invalidRequest',
    ]
  }),
  ...naughty
    .filter((text) => text !== '-')
    .map((text): Row => {
      const body = { hash, idempotencyKey: text }
      return [`key ${JSON.stringify(text).slice(0, 30)}`, '/api/operations', body, 400, 'invalidRequest']
    }),
]

describe('bad input over HTTP', () => {
  test.each(rows)('%s is a problem: %s', async (_, path, body, status, code) => {
    const answer = await app.ask('POST', path, { body })
    expect([answer.status, answer.json.code]).toEqual([status, code])
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(answer.json).toMatchObject({ type: `urn:avd-failover:problem:${code}`, status, title: expect.any(String) })
    // No stack trace, and no more than a page.
    expect(answer.text).not.toMatch(/\bat .*:\d+:\d+|\.ts:|node_modules/)
    expect(answer.text.length).toBeLessThan(25_000)
  })

  test('leaves no trace in any table, queue or container', async () => {
    const before = await app.everything()
    for (const [, path, body] of rows) await app.ask('POST', path, { body })
    expect(await app.everything()).toEqual(before)
  })

  test.each([
    ['text/plain', 415],
    ['application/json; charset=latin1', 415],
    ['application/jsonp', 415],
    ['application/json; charset=UTF-8', 404],
    ['application/merge-patch+json', 404],
  ])('of the type %s answers %i', async (type, status) => {
    const body = { ...preview, pairId: 'nobody' }
    expect((await app.ask('POST', '/api/previews', { body, headers: { 'content-type': type } })).status).toBe(status)
  })

  test('is not even read without a key', async () => {
    for (const [, path, body] of rows.slice(0, 6)) {
      const answer = await app.ask('POST', path, { body, key: null })
      expect([answer.status, answer.text]).toEqual([401, ''])
    }
  })

  test('of exactly 256 KB is read', async () => {
    const body = big(256 * 1_024 - big(0).length)
    expect(Buffer.byteLength(body)).toBe(256 * 1_024)
    expect((await app.ask('POST', '/api/previews', { body })).json.code).toBe('invalidRequest')
  })
})

describe('bad messages', () => {
  const foreign = [
    { what: 'another program’s', text: JSON.stringify({ hello: 'world' }) },
    {
      what: 'a version to come',
      text: JSON.stringify({ v: 2, operationId: 'x', stage: 'desktops', key: 'k', tick: 1 }),
    },
    { what: 'no JSON', text: 'tick, please' },
    { what: 'a negative tick', text: JSON.stringify({ v: 1, operationId: 'x', stage: 's', key: 'k', tick: -1 }) },
  ]

  test.each(['task-ticks', 'operation-ticks'])(
    'in %s are put aside, each once, and change nothing else',
    async (queue) => {
      const { queues, blobs } = app.storage()
      const client = queues.getQueueClient(queue)
      const rowsBefore = (await app.everything()).filter((line) => line.startsWith('row'))
      for (const { text } of foreign) await client.sendMessage(Buffer.from(text).toString('base64'))
      const kept = async () => {
        const texts: string[] = []
        const audit = blobs.getContainerClient('audit')
        for await (const { name } of audit.listBlobsFlat({ prefix: `foreign/${queue}/` }))
          texts.push((await audit.getBlobClient(name).downloadToBuffer()).toString())
        return texts
      }
      await until(async () => (await kept()).length >= foreign.length)
      const asKept = foreign.map(({ text }) => (text.startsWith('{') ? text : JSON.stringify(text)))
      expect((await kept()).sort()).toEqual(asKept.sort())
      await until(async () => (await client.getProperties()).approximateMessagesCount === 0)
      expect((await app.everything()).filter((line) => line.startsWith('row'))).toEqual(rowsBefore)
    },
  )
})

describe('a tampered row', () => {
  test('is a problem without details; the row stays as it is', async () => {
    const table = app.storage().table('operations')
    const row = {
      partitionKey: 'failover-x-tampered',
      rowKey: 'operation',
      d0: '{"id":7,"secret":"s3cr3t"',
      v: 1,
      writeId: 'w',
    }
    await table.createEntity(row)
    const answers = [
      await app.ask('GET', '/api/operations/failover-x-tampered', { key: keys.reading }),
      await app.ask('POST', '/api/operations/failover-x-tampered/control', { body: { command: 'abort' } }),
    ]
    for (const answer of answers) {
      expect([answer.status, answer.json.code]).toEqual([500, 'unreadableRow'])
      expect(answer.json.correlationId).toEqual(expect.any(String))
      expect(answer.text).not.toContain('s3cr3t')
    }
    expect(await table.getEntity(row.partitionKey, row.rowKey)).toMatchObject({ d0: row.d0 })
  })
})
