import { describe, expect, test } from 'vitest'
import { poolSettingsEqual } from '../../../../src/lib/drift/rules/pool-settings-equal.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import { poolSettings, wireValue } from '../../../../src/lib/model/settings.ts'
import { pooledSeen, withSide } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { sides } from '../../../support/side-traits.ts'

type Settings = Readonly<Record<string, string>>

const settings: Settings = {
  maxSessionLimit: '10',
  customRdpProperty: 'a:i:1;b:i:0;',
  loadBalancerType: 'BreadthFirst',
}

const seenWith = (primary: Settings, secondary: Settings): PairSeen =>
  sides.reduce((seen, side) => {
    const { hostPool } = seen[side]
    if (!hostPool) throw new Error('no pool')
    return withSide(seen, side, { hostPool: { ...hostPool, settings: side === 'primary' ? primary : secondary } })
  }, pooledSeen)

describe('pool-settings-equal', () => {
  test('is well when both pools are set alike, RDP properties in whatever order', () => {
    const seen = seenWith(settings, { ...settings, customRdpProperty: 'b:i:0;a:i:1' })
    expect(poolSettingsEqual.check(contextOf({ seen }))).toEqual({ findings: [], unchecked: [] })
  })

  test('compares what is known of agent updates, and no field that is new', () => {
    const updates = (fields: object) => ({ ...settings, agentUpdate: JSON.stringify({ type: 'Scheduled', ...fields }) })
    const same = seenWith(updates({ isNew: true }), updates({}))
    expect(poolSettingsEqual.check(contextOf({ seen: same }))).toEqual({ findings: [], unchecked: [] })
    const other = seenWith(updates({ isNew: true, maintenanceWindowTimeZone: 'UTC' }), updates({}))
    expect(poolSettingsEqual.check(contextOf({ seen: other })).findings).toMatchObject([
      { subject: 'agentUpdate', fix: { value: '{"maintenanceWindowTimeZone":"UTC","type":"Scheduled"}' } },
    ])
    const windows = (...maintenanceWindows: readonly object[]) => updates({ maintenanceWindows })
    const [early, late] = [
      { hour: 2, dayOfWeek: 'Sunday' },
      { hour: 3, dayOfWeek: 'Monday' },
    ]
    const turned = seenWith(windows(early, { ...late, isNew: 1 }), windows(late, early))
    expect(poolSettingsEqual.check(contextOf({ seen: turned })).findings).toEqual([])
    const moved = seenWith(windows(early), windows(late))
    expect(subjectsOf(poolSettingsEqual.check(contextOf({ seen: moved })))).toEqual(['agentUpdate'])
    const unset = seenWith(updates({ maintenanceWindowTimeZone: null }), updates({}))
    expect(poolSettingsEqual.check(contextOf({ seen: unset })).findings).toEqual([])
    const broken = seenWith({ ...settings, agentUpdate: 'x' }, updates({}))
    expect(subjectsOf(poolSettingsEqual.check(contextOf({ seen: broken })))).toEqual(['agentUpdate'])
  })

  test('finds each setting that differs, and proposes the active side’s value for the other', () => {
    const seen = seenWith(settings, { ...settings, maxSessionLimit: '5', customRdpProperty: 'a:i:0;b:i:0;' })
    const { findings } = poolSettingsEqual.check(contextOf({ seen }))
    expect(findings.map(({ subject, fix }) => [subject, fix])).toEqual([
      [
        'customRdpProperty',
        { kind: 'setPoolProperty', side: 'secondary', name: 'customRdpProperty', value: 'a:i:1;b:i:0;' },
      ],
      ['maxSessionLimit', { kind: 'setPoolProperty', side: 'secondary', name: 'maxSessionLimit', value: '10' }],
    ])
    expect(findings[1]?.evidence).toContain('"10" against "5"')
  })

  test('proposes the other way round while users work on the secondary side', () => {
    const seen = seenWith(settings, { ...settings, maxSessionLimit: '5' })
    const { findings } = poolSettingsEqual.check(contextOf({ seen, pairState: { activeSide: 'secondary' } }))
    expect(findings.map(({ fix }) => fix)).toEqual([
      { kind: 'setPoolProperty', side: 'primary', name: 'maxSessionLimit', value: '5' },
    ])
  })

  test('proposes nothing where the active side has no value, Azure takes none, or it is for people', () => {
    const seen = seenWith(
      { ...settings, hostPoolType: 'Pooled', publicNetworkAccess: 'Disabled', ssoClientId: 'a' },
      { ...settings, hostPoolType: 'Personal', agentUpdate: '{"type":"Scheduled"}' },
    )
    const { findings } = poolSettingsEqual.check(contextOf({ seen }))
    expect(findings.map(({ subject, fix }) => [subject, fix])).toEqual([
      ['agentUpdate', undefined],
      ['hostPoolType', undefined],
      ['publicNetworkAccess', undefined],
      ['ssoClientId', undefined],
    ])
  })

  test('proposes to take away RDP properties that the active side has none of', () => {
    const { customRdpProperty: _, ...rest } = settings
    const { findings } = poolSettingsEqual.check(contextOf({ seen: seenWith(rest, settings) }))
    expect(findings.map(({ fix }) => fix)).toEqual([
      { kind: 'setPoolProperty', side: 'secondary', name: 'customRdpProperty', value: '' },
    ])
  })

  test('proposes nothing that cannot be written', () => {
    const odd = Object.fromEntries(Object.keys(poolSettings).map((name) => [name, '"x"']))
    const { findings } = poolSettingsEqual.check(contextOf({ seen: seenWith(odd, {}) }))
    expect(findings.length).toBeGreaterThan(6)
    for (const { fix } of findings)
      if (fix?.kind === 'setPoolProperty') expect(wireValue(poolSettings, fix.name, fix.value)).not.toBeUndefined()
    expect(findings.filter(({ fix }) => fix).map(({ subject }) => subject)).toEqual([
      'agentUpdate',
      'customRdpProperty',
      'loadBalancerType',
      'maxSessionLimit',
      'preferredAppGroupType',
      'validationEnvironment',
    ])
  })

  test('does not flag what the app switches, machines to come, key vaults of regions, and where data of pools lies', () => {
    const own = { startVMOnConnect: 'true', vmTemplate: '{"a":1}', ssoClientSecretKeyVaultPath: 'https://kv-s' }
    const seen = seenWith({ ...settings, ...own }, settings)
    const { secondary } = seen
    const moved = secondary.hostPool && { ...secondary.hostPool, location: 'westeurope' }
    const elsewhere = withSide(seen, 'secondary', moved ? { hostPool: moved } : {})
    expect(poolSettingsEqual.check(contextOf({ seen: elsewhere }))).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check settings that were not read, or are old', () => {
    const unread = poolSettingsEqual.check(contextOf({ seen: pooledSeen }))
    expect(unread).toEqual({ findings: [], unchecked: [{ subject: '', reason: 'the settings were not read' }] })
    const seen = withGap(
      seenWith(settings, { ...settings, maxSessionLimit: '5' }),
      'secondary',
      'hostPool',
      'asLastSeen',
    )
    const old = poolSettingsEqual.check(contextOf({ seen }))
    expect(subjectsOf(old)).toEqual([])
    expect(old.unchecked).toHaveLength(1)
  })

  test.each(sides)('could not check without the %s side’s settings, or with old ones', (side) => {
    const seen = seenWith(settings, { ...settings, maxSessionLimit: '5' })
    expect(poolSettingsEqual.check(contextOf({ seen: withGap(seen, side, 'hostPool', 'asLastSeen') }))).toMatchObject({
      findings: [],
      unchecked: [{ subject: '' }],
    })
    const { hostPool } = pooledSeen[side]
    const unread = withSide(seen, side, hostPool ? { hostPool } : {})
    expect(poolSettingsEqual.check(contextOf({ seen: unread })).unchecked).toEqual([
      { subject: '', reason: 'the settings were not read' },
    ])
  })

  test('is not about a pair that has one pool', () => {
    const context = contextOf({ pair: 'personal' })
    expect(poolSettingsEqual.appliesTo?.(context)).toBe(false)
  })
})
