import { describe, expect, test } from 'vitest'
import { idKey } from '../../../src/lib/core/arm-id.ts'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { catalogueOf } from '../../../src/lib/extensions/catalogue.ts'
import { type MachineSeen, nextBaselines } from '../../../src/lib/inventory/baselines.ts'
import type { ReplicatedItem, VmExtension } from '../../../src/lib/model/azure.ts'
import type { ExtensionSet, ExtensionsSeen } from '../../../src/lib/model/inventory.ts'
import { itemOf, now, vmIdOf } from '../../support/plans.ts'

const extension = (publisher: string, type: string, traits: Partial<VmExtension> = {}): VmExtension => ({
  name: type,
  publisher,
  type,
  version: '1.0',
  state: 'Succeeded',
  ...traits,
})
const join = extension('Microsoft.Compute', 'JsonADDomainExtension')
const attestation = extension('Microsoft.Azure.Security.WindowsAttestation', 'GuestAttestation')
const monitor = extension('Microsoft.Azure.Monitor', 'AzureMonitorWindowsAgent')
const script = extension('Microsoft.Compute', 'CustomScriptExtension')
const rule = { name: 'dcr', ruleId: '/subscriptions/s/rule' }
const all = [join, attestation, monitor]

const home = vmIdOf('rg-p', 'pc-1')
const away = vmIdOf('rg-pw', 'pc-1')

const machine = (uniqueId: string, extensions: readonly VmExtension[] = all, traits: Partial<MachineSeen> = {}) => ({
  vmId: home,
  uniqueId,
  extensions,
  associations: extensions.includes(monitor) ? [rule] : [],
  ...traits,
})
const there = (uniqueId: string, extensions: readonly VmExtension[]) => machine(uniqueId, extensions, { vmId: away })

const protectedHere = itemOf('pc-1')
const failedOver = itemOf('pc-1', {
  protectionState: 'UnplannedFailoverCommitPendingStatesBegin',
  activeLocation: 'Recovery',
  targetVmId: idKey(away),
  failedOverAt: now + minutes(20),
})
/** Protected again after the failover: a new item, whose source is the machine that the failover made. */
const reversed = itemOf('pc-1', {
  sourceVmId: idKey(away),
  targetResourceGroupId: '/subscriptions/s/resourceGroups/rg-p',
  targetVmId: idKey(home),
})

type Moment = { readonly at: number; readonly machines: readonly MachineSeen[]; readonly item?: ReplicatedItem }

/** One inventory after the other. */
const inventoriesOf = (moments: readonly Moment[], before?: ExtensionsSeen): ExtensionsSeen =>
  moments.reduce<ExtensionsSeen>(
    (last, { at, machines, item }, i) =>
      nextBaselines({
        before: i === 0 ? before : last,
        machines,
        items: item ? [item] : [],
        catalogue: catalogueOf([]),
        takenAt: now + at,
      }),
    before ?? { sets: [], baselines: {} },
  )

const setOf = (seen: ExtensionsSeen, name = 'pc-1'): ExtensionSet | undefined =>
  seen.sets[seen.baselines[name]?.set ?? -1]
const typesOf = (seen: ExtensionsSeen, name = 'pc-1') => setOf(seen, name)?.extensions.map(({ type }) => type)
const whole = ['AzureMonitorWindowsAgent', 'GuestAttestation', 'JsonADDomainExtension']

const quiet: Moment = { at: 0, machines: [machine('a')], item: protectedHere }
/** The machine that was left stays, switched off, with all it had; the new one has what is said. */
const away1 = (at: number, ...extensions: readonly VmExtension[]): Moment => ({
  at,
  machines: [machine('a'), there('b', extensions)],
  item: failedOver,
})

describe('the baseline of a machine', () => {
  test('is what is seen at first sight, with its associations', () => {
    const seen = inventoriesOf([quiet])
    expect(typesOf(seen)).toEqual(whole)
    expect(setOf(seen)?.associations).toEqual([rule])
    expect(seen.baselines['pc-1']).toEqual({ vmId: home, uniqueId: 'a', takenAt: now, set: 0 })
  })

  test('goes with what is added, changed or upgraded, at once', () => {
    const upgraded = { ...monitor, version: '1.9' }
    const seen = inventoriesOf([quiet, { ...quiet, at: minutes(15), machines: [machine('a', [...all, script])] }])
    expect(typesOf(seen)).toContain('CustomScriptExtension')
    const later = inventoriesOf(
      [{ ...quiet, at: minutes(15), machines: [machine('a', [join, attestation, upgraded])] }],
      {
        ...seen,
        sets: [{ extensions: all, associations: [] }],
      },
    )
    expect(setOf(later)?.extensions).toContainEqual(upgraded)
    expect(later.sets).toHaveLength(1)
  })

  test('stays when the machine is in no list, or its item has gone', () => {
    expect(typesOf(inventoriesOf([quiet, { at: minutes(15), machines: [], item: protectedHere }]))).toEqual(whole)
    expect(typesOf(inventoriesOf([quiet, { at: hours(700), machines: [machine('a', [])] }]))).toEqual(whole)
  })

  test('is forgotten when nobody has replicated the machine for a month, however old it is', () => {
    const pinned = [minutes(15), hours(1_000)].map((at) => away1(at))
    const gone = (at: number) => ({ at, machines: [] })
    const seen = inventoriesOf([quiet, ...pinned, gone(hours(1_001)), gone(hours(1_720))])
    expect(typesOf(seen)).toEqual(whole)
    expect(inventoriesOf([gone(hours(1_722))], seen)).toEqual({ sets: [], baselines: {} })
    const again = inventoriesOf([away1(hours(1_720)), gone(hours(1_722))], seen)
    expect(typesOf(again)).toEqual(whole)
  })

  test('stays when the items do not agree which machine is in use, or say a new word', () => {
    const odd = { ...protectedHere, activeLocation: 'Elsewhere' }
    expect(typesOf(inventoriesOf([quiet, { at: minutes(15), machines: [machine('b')], item: odd }]))).toEqual(whole)
    const before = inventoriesOf([quiet])
    const seen = nextBaselines({
      before,
      machines: [machine('a', [...all, script]), there('b', [])],
      items: [protectedHere, failedOver],
      catalogue: catalogueOf([]),
      takenAt: now + minutes(15),
    })
    expect(seen).toEqual(before)
  })
})

describe('a failover', () => {
  test.each([
    ['20 minutes', minutes(20)],
    ['24 hours', hours(24)],
  ])('that somebody hears of %s later still finds what the machine had', (_, late) => {
    const count = Math.ceil(late / minutes(15)) + 1
    const empty = Array.from({ length: count }, (_, i) => away1(minutes(15) * (i + 1)))
    expect(typesOf(inventoriesOf([quiet, ...empty]))).toEqual(whole)
  })

  test('keeps it through the commit, a new protection and the end of the old machine', () => {
    const committed = { ...failedOver, protectionState: 'UnplannedFailoverCommitted' }
    const seen = inventoriesOf([
      quiet,
      away1(minutes(30)),
      { at: minutes(45), machines: [there('b', [])], item: committed },
      { at: hours(20), machines: [there('b', [monitor])], item: reversed },
      { at: hours(40), machines: [there('b', [monitor])], item: reversed },
    ])
    expect(typesOf(seen)).toEqual(whole)
  })

  test('gives the baseline to the new machine when a second inventory finds everything back', () => {
    const back = [attestation, monitor]
    const once = inventoriesOf([quiet, away1(minutes(30)), away1(minutes(45), ...back)])
    expect([typesOf(once), once.baselines['pc-1']?.pending?.uniqueId]).toEqual([whole, 'b'])
    const twice = inventoriesOf([away1(minutes(60), ...back)], once)
    expect(twice.baselines['pc-1']).toMatchObject({ vmId: away, uniqueId: 'b' })
    // The domain join is not asked for, and is not there.
    expect(typesOf(twice)).toEqual(['AzureMonitorWindowsAgent', 'GuestAttestation'])
    expect(twice.sets).toHaveLength(1)
  })

  test.each([
    ['one is missing', [monitor], [rule]],
    ['one has failed', [monitor, { ...attestation, state: 'Failed' }], [rule]],
    ['one is still being installed', [monitor, { ...attestation, state: 'Creating' }], [rule]],
    ['the association is missing', [monitor, attestation], []],
  ])('keeps it pinned as long as %s', (_, extensions, associations) => {
    const almost = { vmId: away, uniqueId: 'b', extensions, associations }
    const moments = [1, 2, 3, 4].map((i) => ({ at: minutes(15) * i, machines: [almost], item: failedOver }))
    expect(typesOf(inventoriesOf([quiet, ...moments]))).toEqual(whole)
  })

  test('does not fall for rows of extensions that are older than the row of their new machine', () => {
    // Failed back: the new machine has the id of the first one, whose extensions are still listed for a minute.
    const homeAgain = { ...reversed, activeLocation: 'Recovery', failedOverAt: now + hours(30) }
    const before = inventoriesOf([{ at: 0, machines: [there('b', [monitor, attestation])], item: reversed }])
    const seen = inventoriesOf(
      [
        { at: hours(31), machines: [machine('c', [monitor, attestation])], item: homeAgain },
        { at: hours(31) + minutes(15), machines: [machine('c', [])], item: homeAgain },
        { at: hours(31) + minutes(30), machines: [machine('c', [])], item: homeAgain },
      ],
      before,
    )
    expect(typesOf(seen)).toEqual(['AzureMonitorWindowsAgent', 'GuestAttestation'])
    expect(seen.baselines['pc-1']).toMatchObject({ vmId: away, uniqueId: 'b' })
  })

  test('does not fall for a row of the machine that is older than those of its extensions', () => {
    const homeAgain = { ...reversed, activeLocation: 'Recovery', failedOverAt: now + minutes(5) }
    const before = inventoriesOf([{ at: 0, machines: [machine('a')], item: protectedHere }])
    const stale = [20, 35, 50].map((i) => ({ at: minutes(i), machines: [machine('a', [])], item: homeAgain }))
    expect(typesOf(inventoriesOf(stale, before))).toEqual(whole)
  })

  test('is followed home and away again', () => {
    const home2 = { ...reversed, activeLocation: 'Recovery', failedOverAt: now + hours(10) }
    const back = [attestation, monitor]
    const seen = inventoriesOf([
      quiet,
      away1(minutes(30)),
      away1(minutes(45), ...back),
      away1(minutes(60), ...back),
      { at: hours(11), machines: [machine('c', []), there('b', back)], item: home2 },
      { at: hours(12), machines: [machine('c', back), there('b', back)], item: home2 },
      { at: hours(13), machines: [machine('c', back), there('b', back)], item: home2 },
    ])
    expect(seen.baselines['pc-1']).toMatchObject({ vmId: home, uniqueId: 'c' })
    const again = { ...protectedHere, failedOverAt: now + hours(19), activeLocation: 'Recovery', targetVmId: away }
    const later = inventoriesOf([{ at: hours(20), machines: [machine('c', back), there('d', [])], item: again }], seen)
    expect(typesOf(later)).toEqual(['AzureMonitorWindowsAgent', 'GuestAttestation'])
  })

  test('from another point in time is a new machine under the same id, and is waited for again', () => {
    const back = [attestation, monitor]
    const seen = inventoriesOf([quiet, away1(minutes(30)), away1(minutes(45), ...back), away1(minutes(60), ...back)])
    const again = [75, 90, 105].map((at) => ({ at: minutes(at), machines: [there('d', [])], item: failedOver }))
    const later = inventoriesOf(again, seen)
    expect(later.baselines['pc-1']?.uniqueId).toBe('b')
    expect(typesOf(later)).toEqual(['AzureMonitorWindowsAgent', 'GuestAttestation'])
  })

  test('before the first inventory leaves what the machine has that it came from', () => {
    expect(typesOf(inventoriesOf([away1(minutes(30))]))).toEqual(whole)
    expect(inventoriesOf([{ ...away1(minutes(30)), machines: [there('b', [])] }]).baselines).toEqual({})
  })
})

describe('what goes from the machine itself', () => {
  const fewer = (at: number, ...extensions: readonly VmExtension[]): Moment => ({
    at,
    machines: [machine('a', extensions)],
    item: protectedHere,
  })

  test('is believed when a second inventory does not find it either: it was taken away on purpose', () => {
    const once = inventoriesOf([quiet, fewer(minutes(15), join, monitor)])
    expect(typesOf(once)).toEqual(whole)
    expect(typesOf(inventoriesOf([fewer(minutes(30), join, monitor)], once))).toEqual([
      'AzureMonitorWindowsAgent',
      'JsonADDomainExtension',
    ])
  })

  test('is not believed when it is there again: a page was lost', () => {
    const seen = inventoriesOf([quiet, fewer(minutes(15), join), fewer(minutes(30), ...all), fewer(minutes(45), join)])
    expect(typesOf(seen)).toEqual(whole)
    expect(seen.baselines['pc-1']?.pending?.since).toBe(now + minutes(45))
  })

  test('is not believed when something else is missing each time, or the second look is minutes old', () => {
    expect(typesOf(inventoriesOf([quiet, fewer(minutes(15), join), fewer(minutes(30), monitor)]))).toEqual(whole)
    expect(typesOf(inventoriesOf([quiet, fewer(minutes(15), join), fewer(minutes(20), join)]))).toEqual(whole)
  })

  test('may be all of it', () => {
    expect(typesOf(inventoriesOf([quiet, fewer(minutes(15)), fewer(minutes(30))]))).toEqual([])
  })
})

test('ten thousand machines with the same extensions are one set', () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `pc-${i}`)
  const machines = names.map((name) => machine(`guid-${name}`, all, { vmId: vmIdOf('rg-p', name) }))
  const items = names.map((name) => itemOf(name))
  const input = { before: undefined, machines, items, catalogue: catalogueOf([]), takenAt: now }
  const first = nextBaselines(input)
  expect([first.sets.length, Object.keys(first.baselines).length]).toEqual([1, 10_000])
  const second = nextBaselines({ ...input, before: first, machines: machines.slice(0, 5_000), takenAt: now + 1 })
  expect([second.sets.length, Object.keys(second.baselines).length]).toEqual([1, 10_000])
})
