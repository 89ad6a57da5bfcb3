import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gridBody, readBody, smallBody } from '../../../src/lib/inbound/read-body.ts'

const json = { 'content-type': 'application/json' }

async function* chunks(bytes: Uint8Array, size: number, taken: { count: number }) {
  for (let i = 0; i < bytes.length; i += size) {
    taken.count++
    yield bytes.slice(i, i + size)
  }
}

const read = (body: string | Uint8Array, headers: Record<string, string> = json, taken = { count: 0 }) => {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return readBody({ headers: new Headers(headers), body: chunks(bytes, 1_024, taken) })
}
const codeOf = async (...args: Parameters<typeof read>) => {
  const answer = await read(...args)
  return answer.ok ? 'ok' : (JSON.parse(answer.reply.body) as { code: string }).code
}

describe('a body', () => {
  test('that is JSON in UTF-8 is read, a mark at its beginning included', async () => {
    expect(await read('\uFEFF{"ä":[1,"ß"]}')).toEqual({ ok: true, value: { ä: [1, 'ß'] } })
  })

  test('over the limit is not read to its end', async () => {
    const taken = { count: 0 }
    expect(await codeOf(' '.repeat(4 * smallBody.bytes), json, taken)).toBe('bodyTooLarge')
    expect(taken.count).toBe(smallBody.bytes / 1_024 + 1)
  })

  test('that says it is over the limit is not read at all', async () => {
    const taken = { count: 0 }
    expect(await codeOf('{}', { ...json, 'content-length': String(smallBody.bytes + 1) }, taken)).toBe('bodyTooLarge')
    expect(taken.count).toBe(0)
  })

  test('of Event Grid may be longer', async () => {
    const long = (bytes: number) =>
      (async function* () {
        yield new TextEncoder().encode(`"${' '.repeat(bytes - 2)}"`)
      })()
    const read = (bytes: number) => readBody({ headers: new Headers(json), body: long(bytes) }, gridBody)
    expect([(await read(gridBody.bytes)).ok, (await read(gridBody.bytes + 1)).ok]).toEqual([true, false])
  })

  test('may be nested 20 deep and have 1,000 names, not more', async () => {
    const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`
    expect(await codeOf(nested(20))).toBe('ok')
    expect(await codeOf(nested(22))).toBe('malformedBody')
    const names = (count: number) => JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [i, 0])))
    expect(await codeOf(names(1_000))).toBe('ok')
    expect(await codeOf(names(1_001))).toBe('malformedBody')
  })

  test('of any bytes gives an answer and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(['ok', 'malformedBody']).toContain(await codeOf(bytes))
      }),
    )
  })
})
