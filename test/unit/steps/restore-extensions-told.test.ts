import { describe, expect, test } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { restoreExtensions } from '../../../src/lib/steps/restore-extensions.ts'
import { both, guard, monitor, rule, scene, seen, settings, vm, within, work } from '../../support/extension-things.ts'
import { before, committedItem, gone, ids, minute, now, pendingItem } from '../../support/step-things.ts'
import { begin, look, type Scene, stageOf } from '../../support/steps.ts'

describe('what is told at the end', () => {
  test('nothing is missing', async () => {
    const end = await look(restoreExtensions, scene(vm(both)))
    expect(end.facts).toEqual({})
    expect(end).not.toHaveProperty('lacks')
  })

  test('what was given up, by name and reason', async () => {
    const wanted = work({ associations: [rule] })
    const memo = { lost0: 'VMExtensionProvisioningError', lostAssociation0: 'forbidden' }
    const end = await look(restoreExtensions, scene(vm([seen('guard')]), { memo }, wanted))
    const text = 'Monitor (VMExtensionProvisioningError), rule (forbidden)'
    expect(end).toMatchObject({
      seen: { kind: 'done' },
      lacks: { code: 'extensionsMissing', message: `could not be restored: ${text}`, retryable: false },
      facts: { extensionsMissing: text },
    })
  })

  test('what this look gives up is remembered', async () => {
    const given = scene(vm([seen('guard')]), within('remove 0 3', minute, { memo: { problem: 'it failed so' } }))
    expect(await look(restoreExtensions, given)).toMatchObject({
      memo: { lost0: 'it failed so' },
      facts: { extensionsMissing: 'Monitor (it failed so)' },
    })
  })

  test('a machine that cannot be read for two hours is for another time, and asked for rarely until then', async () => {
    const first = await look(restoreExtensions, scene(gone))
    expect(first).toMatchObject({
      seen: { kind: 'couldNotLook', fault: { retryAfter: 1.5 * minute } },
      memo: { silentSince: now },
    })
    const still = scene(gone, { memo: { silentSince: now - 120 * minute, lost0: 'failed' } })
    expect((await look(restoreExtensions, still)).seen.kind).toBe('couldNotLook')
    const late = await look(restoreExtensions, {
      ...still,
      memo: { silentSince: now - 120 * minute - 1, lost0: 'failed' },
    })
    expect(late).toMatchObject({
      seen: { kind: 'done' },
      lacks: { code: 'extensionsMissing' },
      facts: { extensionsUntried: true, extensionsMissing: 'Monitor (failed), Guard (the VM could not be read)' },
    })
  })

  test.each<[string, Scene]>([
    [
      'the machine is silent',
      scene(gone, { memo: { silentSince: 1 } }, work({ restore: [monitor], associations: [rule] })),
    ],
    [
      'only they cannot be read',
      {
        ...scene(
          vm([seen('monitor')]),
          { memo: { silentSince: 1 } },
          work({ restore: [monitor], associations: [rule] }),
        ),
        associations: gone,
      },
    ],
  ])('associations are not forgotten when %s', async (_, given) => {
    const end = await look(restoreExtensions, given)
    expect(end.seen.kind).toBe('done')
    expect(end.memo).toMatchObject({ lostAssociation0: 'the VM could not be read' })
    expect(end.facts?.extensionsMissing).toMatch(/rule \(the VM could not be read\)$/)
    expect(String(end.facts?.extensionsMissing).includes('Monitor')).toBe('lost0' in (end.memo ?? {}))
  })

  test('what our own budget keeps back is no silence of the machine', async () => {
    const over = { ...gone, code: 'overBudget' as const }
    expect((await look(restoreExtensions, scene(over))).memo).not.toHaveProperty('silentSince')
    expect((await look(restoreExtensions, scene(over, { memo: { silentSince: 1 } }))).seen.kind).toBe('couldNotLook')
  })

  test('silence ends where something is seen', async () => {
    const creating = scene(vm([seen('monitor', { state: 'Creating' })]), { memo: { silentSince: 5 } })
    expect((await look(restoreExtensions, creating)).memo).toMatchObject({ silentSince: 0 })
  })

  test('that nothing could be tried, so that it is tried again', async () => {
    const silent = scene(vm([], { isAgentReady: false }), { memo: { silentSince: 1 } })
    expect((await look(restoreExtensions, silent)).facts).toMatchObject({ extensionsUntried: true })
    const failed = scene(vm([seen('guard')]), { memo: { lost0: 'failed' } })
    expect((await look(restoreExtensions, failed)).facts).not.toHaveProperty('extensionsUntried')
  })

  test('what a person is to do is no failure', async () => {
    const manual = [{ name: 'Script', reason: 'runs again' }]
    const end = await look(restoreExtensions, scene(vm(both), {}, work({ manual })))
    expect(end).toMatchObject({
      seen: { kind: 'done' },
      detail: 'for a person: Script',
      facts: { extensionsManual: 'Script' },
    })
    expect(end).not.toHaveProperty('lacks')
  })

  test('memo and facts stay small, however much fails', async () => {
    const restore = Array.from({ length: 12 }, (_, i) => ({ ...monitor, name: `${'n'.repeat(70)}${i}`, type: `t${i}` }))
    const all = work({ restore, manual: restore.map(({ name }) => ({ name, reason: '' })) })
    const problem = 'one word and another '.repeat(300)
    let memo: Readonly<Record<string, string | number | boolean>> = { problem }
    for (const i of restore.keys()) {
      const given = { ...within(`remove ${i} 3`), memo }
      memo = { ...memo, ...(await look(restoreExtensions, scene(vm(), given, all))).memo }
    }
    const { problem: _, ...reasons } = memo
    expect(Object.keys(reasons).filter((key) => key.startsWith('lost'))).toHaveLength(12)
    expect(JSON.stringify(reasons).length).toBeLessThan(1_000)
    const end = await look(restoreExtensions, scene(vm(), { memo }, all))
    expect(JSON.stringify(end.facts).length).toBeLessThan(900)
  })

  test.each<[string, string]>([
    ['p'.repeat(5_000), `${'p'.repeat(200)}…`],
    [`${'word '.repeat(39)}processing the extension`, `${'word '.repeat(39).trim()}…`],
    ['short', 'short'],
  ])('what Azure says of a failure is kept to two hundred letters, in whole words (%#)', async (problem, kept) => {
    const failed = scene(vm([seen('monitor', { state: 'Failed', problem })]))
    expect((await look(restoreExtensions, failed)).memo).toMatchObject({ problem: kept })
  })
})

describe('the machine', () => {
  const asked = async (parts: Partial<Scene>) => {
    const { context } = stageOf(scene(vm(), parts))
    const read: string[] = []
    const { extensions } = context.gateways
    const ofVm: typeof extensions.ofVm = (id) => {
      read.push(id)
      return extensions.ofVm(id)
    }
    await restoreExtensions.look({ ...context, gateways: { ...context.gateways, extensions: { ...extensions, ofVm } } })
    return read
  }

  test.each<[string, Partial<Scene>, string]>([
    [
      'is the one the item says was made',
      { items: [pendingItem({ targetVmId: `${ids.newVm}-made` })] },
      `${ids.newVm}-made`,
    ],
    ['is the planned one while the item does not tell', {}, ids.newVm],
    ['is the planned one when the vault cannot be read', { items: gone }, ids.newVm],
    [
      'is where it runs when it is protected again',
      { items: [committedItem({ sourceVmId: ids.newVm, targetVmId: ids.oldVm })] },
      ids.newVm,
    ],
    [
      'is read once a look, and an older listing of the vault will do',
      { begunAt: now, enteredAt: before - 1, startedAt: { replicatedItems: before } },
      ids.newVm,
    ],
  ])('%s', async (_, parts, id) => {
    expect(await asked(parts)).toEqual([id])
  })
})

test('the vault is asked for the machine once it has told it, and not again', async () => {
  const made = `${ids.newVm}-made`
  const first = await look(restoreExtensions, scene(vm(), { items: [pendingItem({ targetVmId: made })] }))
  expect(first.memo).toMatchObject({ machine: made })
  const { items: _, ...rest } = scene(vm(), { memo: { machine: made }, part: 'put 0 1' })
  expect((await look(restoreExtensions, rest)).seen.kind).toBe('notBegun')
  expect((await begin(restoreExtensions, rest)).sent[0]).toMatch(`putExtension ${made} `)
  expect((await look(restoreExtensions, scene(vm()))).memo).not.toHaveProperty('machine')
})

describe('a begin', () => {
  const refusal = (fault: Partial<Fault>) => () => ({
    kind: 'refused' as const,
    fault: { code: 'rejected' as const, message: 'no', retryable: false, ...fault },
  })
  const secret = { secretUrl: 'https://v/secrets/s/1', vaultId: '/v' }
  const full = work({ restore: [monitor, { ...guard, protectedSettingsFromKeyVault: secret }], associations: [rule] })
  const at = (part: string, parts: Partial<Scene> = {}) =>
    scene(vm(), { part, memo: { location: 'ukwest' }, attempt: 1, ...parts }, full)
  const memoOf = async (given: Scene) => {
    const begun = await restoreExtensions.begin?.(stageOf(given).context, { notAfter: 1 })
    return begun?.kind === 'accepted' ? begun.memo : begun
  }

  test.each<[string, Scene, string]>([
    [
      'puts the first one',
      at('put 0 1'),
      `putExtension ${ids.newVm} {"name":"Monitor","publisher":"Microsoft.Azure.Monitor","type":"AzureMonitorWindowsAgent","version":"1.10","enableAutomaticUpgrade":true,"location":"ukwest"}`,
    ],
    [
      'puts the next one, with its settings and its secret',
      at('put 1 2'),
      `putExtension ${ids.newVm} {"name":"Guard","publisher":"Microsoft.Azure.Security","type":"IaaSAntimalware","version":"1.3","settings":${JSON.stringify(settings)},"protectedSettingsFromKeyVault":${JSON.stringify(secret)},"location":"ukwest"}`,
    ],
    [
      'removes what failed, by the name it has',
      at('remove 0 1', { memo: { failedName: 'Other' } }),
      `removeExtension ${ids.newVm} Other`,
    ],
    ['removes it by the name we gave it', at('remove 0 1'), `removeExtension ${ids.newVm} Monitor`],
    ['associates', at('associate 0 1'), `associate ${ids.newVm} ${JSON.stringify(rule)}`],
  ])('%s, and nothing else', async (_, given, sent) => {
    expect(await begin(restoreExtensions, given)).toEqual({ came: 'accepted', sent: [sent] })
  })

  test('an accepted one is remembered', async () => {
    expect(await memoOf(at('put 0 2'))).toEqual({ accepted: 'put 0 2' })
  })

  test.each<[string, Partial<Scene>, object]>([
    ['for good', { answer: refusal({ azureCode: 'BadRequest' }) }, { lost0: 'BadRequest' }],
    ['for good and without a code', { answer: refusal({}) }, { lost0: 'no' }],
    ['often enough', { attempt: 10, answer: refusal({ code: 'throttled', retryable: true }) }, { lost0: 'no' }],
  ])('one that is refused %s is given up, and the others go on', async (_, parts, memo) => {
    expect(await memoOf(at('put 0 1', parts))).toEqual(memo)
  })

  test('an association that is refused is given up by itself', async () => {
    expect(await memoOf(at('associate 0 1', { answer: refusal({}) }))).toEqual({ lostAssociation0: 'no' })
  })

  test.each<[string, Partial<Fault>]>([
    ['for now', { code: 'throttled', retryable: true }],
    ['because Compute is busy with the machine', { code: 'conflict' }],
  ])('one that is refused %s is tried again', async (_, fault) => {
    expect(await memoOf(at('put 0 1', { answer: refusal(fault), attempt: 9 }))).toMatchObject({
      kind: 'refused',
      fault: { retryable: true },
    })
  })

  test('one that is over our own budget is never given up for it', async () => {
    expect(
      await memoOf(at('put 0 1', { answer: refusal({ code: 'overBudget', retryable: true }), attempt: 10 })),
    ).toMatchObject({ kind: 'refused' })
  })

  test('one whose answer was lost stays unknown', async () => {
    const answer = () => ({ kind: 'unknown' as const, fault: gone })
    expect((await begin(restoreExtensions, at('put 0 1', { answer }))).came).toBe('unknown:unavailable')
  })

  test.each([[undefined], ['else 0 1']])('without a part (%s) nothing is sent', async (part) => {
    const given = scene(vm(), part === undefined ? {} : { part }, full)
    expect(await begin(restoreExtensions, given)).toEqual({ came: 'refused:unreadable', sent: [] })
  })

  test.each(['put 7 1', 'associate 7 1'])('nothing is sent for %s, which is not in the spec', async (part) => {
    expect((await begin(restoreExtensions, at(part))).sent).toEqual([])
  })

  test('where the machine is not known to be, it is in the region of its side', async () => {
    expect((await begin(restoreExtensions, at('put 0 1', { memo: {} }))).sent[0]).toMatch('"location":"UKWest"')
  })
})
