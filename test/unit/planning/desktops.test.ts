import { describe, expect, it } from 'vitest'
import type { ReplicatedItem, SessionHost, Vm } from '../../../src/lib/model/azure.ts'
import { hostOf, itemOf, personalSeen, previewOf, vmIdOf, vmOf, withoutPart, withSide } from '../../support/plans.ts'

const planned = (
  item: Partial<ReplicatedItem> | undefined,
  {
    host = {},
    vms,
    primaryIsDown = false,
  }: { host?: Partial<SessionHost>; vms?: readonly Vm[]; primaryIsDown?: boolean } = {},
) => {
  const primary = withSide(personalSeen, 'primary', {
    sessionHosts: [hostOf('hp-p', 'rg-p', 'pc-1', host), hostOf('hp-p', 'rg-p', 'pc-2')],
    vms: vms ?? [vmOf('rg-p', 'pc-1', 'uksouth'), vmOf('rg-p', 'pc-2', 'uksouth')],
  })
  const seen = { ...primary, replicatedItems: [...(item ? [itemOf('pc-1', item)] : []), itemOf('pc-2')] }
  return previewOf({ pair: 'personal', seen, request: { acceptOut: 'all', primaryIsDown } })
}
const codeOf = (...input: Parameters<typeof planned>) => {
  const decision = planned(...input).hosts.find(({ host }) => host.startsWith('pc-1'))
  return decision && `${decision.decision}: ${decision.code}`
}
const desktopOf = (...input: Parameters<typeof planned>) =>
  planned(...input)
    .spec?.stages.find(({ name }) => name === 'desktops')
    ?.tasks.find(({ key }) => key.startsWith('pc-1'))

describe('which desktops move', () => {
  it.each<[string, Partial<ReplicatedItem> | undefined, string]>([
    ['one that is protected and ready', {}, 'in: moves'],
    [
      'one that says so in other letter case',
      { protectionState: 'protected', allowedOperations: ['UNPLANNEDFAILOVER'] },
      'in: moves',
    ],
    ['one replicated to a region spelled for people', { targetLocation: 'UK West' }, 'in: moves'],
    ['one whose target region is not told', { targetLocation: '' }, 'out: wrongRegion'],
    ['one that is not replicated', undefined, 'out: notReplicated'],
    ['one in its initial replication', { protectionState: 'UnprotectedStatesBegin' }, 'out: notReady'],
    ['one in a state that is new to us', { protectionState: 'Resynchronising' }, 'out: notReady'],
    ['one that is only on its way to protection', { protectionState: 'ProtectedStatesBegin' }, 'out: notReady'],
    ['one that is unprotected', { protectionState: 'Unprotected' }, 'out: notReady'],
    ['one in a test', { protectionState: 'CancelUnplannedFailoverStatesBegin' }, 'out: notReady'],
    ['one whose place is new to us', { activeLocation: 'RecoveryPending' }, 'in: moves'],
    ['one whose place is near', { activeLocation: 'NearRecovery' }, 'in: moves'],
    [
      'one of which only something else is allowed',
      { allowedOperations: ['CancelUnplannedFailover', 'UnplannedFailoverCleanup'] },
      'out: notAllowed',
    ],
    ['one without any state', { protectionState: '' }, 'out: notReady'],
    ['one whose failover is not allowed now', { allowedOperations: ['DisableProtection'] }, 'out: notAllowed'],
    ['one with no allowed operations', { allowedOperations: [] }, 'out: notAllowed'],
    ['one whose replication is critical', { replicationHealth: 'Critical' }, 'out: criticalHealth'],
    ['one whose failover health is critical', { failoverHealth: 'critical' }, 'out: criticalHealth'],
    ['one whose replication is in warning', { replicationHealth: 'Warning' }, 'in: moves'],
    ['one of a consistency group without a recovery plan', { multiVmGroup: 'sql' }, 'out: noRecoveryPlan'],
    ['one replicated elsewhere', { targetLocation: 'northeurope' }, 'out: wrongRegion'],
    [
      'one that is in the other region already',
      { activeLocation: 'Recovery', allowedOperations: ['SwitchProtection'] },
      'skipped: alreadyFailedOver',
    ],
    ['one that can be failed over, whatever it calls its place', { activeLocation: 'Recovery' }, 'in: moves'],
    ['one that is committed', { protectionState: 'UnplannedFailoverCommitted' }, 'skipped: alreadyFailedOver'],
    [
      'one whose commit is pending',
      { protectionState: 'UnplannedFailoverCommitPendingStatesBegin' },
      'skipped: commitPending',
    ],
  ])('%s', (_, item, expected) => {
    expect(codeOf(item)).toBe(expected)
    expect(desktopOf(item) !== undefined).toBe(expected.startsWith('in'))
    for (const { reason } of planned(item).hosts) expect(reason).toMatch(/^[A-Z].*\.$/)
  })

  it('says in which state a desktop is that is not ready', () => {
    const reasonOf = (protectionState: string) => planned({ protectionState }).hosts[0]?.reason
    expect(reasonOf('Resynchronising')).toContain('Resynchronising')
    expect(reasonOf('')).toContain('unknown')
  })

  it('tells a host without a machine from one that is not replicated', () => {
    expect(codeOf(undefined, { vms: [vmOf('rg-p', 'pc-2', 'uksouth')] })).toBe('out: noVm')
    const { primary: unread } = withoutPart(personalSeen, 'primary', 'vms')
    const seen = { ...personalSeen, primary: unread, replicatedItems: [itemOf('pc-1')] }
    const { hosts } = previewOf({ pair: 'personal', seen, request: { primaryIsDown: true } })
    expect(hosts.map(({ code }) => code)).toEqual(['moves', 'notReplicated', 'notReplicated'])
  })

  it('gives a reason for everybody it leaves out, in the order of names', () => {
    const { targetResourceGroupId: _, ...lost } = itemOf('pc-3')
    const [one, two, three] = personalSeen.primary.sessionHosts ?? []
    if (!one || !two || !three) throw new Error('no hosts')
    const seen = {
      ...withSide(personalSeen, 'primary', {
        sessionHosts: [three, hostOf('hp-p', 'rg-p', 'pc-4'), two, one],
      }),
      replicatedItems: [itemOf('pc-1'), itemOf('pc-2'), itemOf('pc-2', { id: 'other' }), lost],
    }
    const { hosts } = previewOf({
      pair: 'personal',
      seen,
      request: { hosts: ['pc-2', 'pc-3', 'pc-4'], acceptOut: 'all' },
    })
    expect(hosts.map(({ host, code }) => `${host} ${code}`)).toEqual([
      'pc-1 notRequested',
      'pc-2 ambiguousVm',
      'pc-3 noTarget',
      'pc-4 noVm',
    ])
    for (const { reason } of hosts) expect(reason).toMatch(/^[A-Z].*\w/)
  })

  it('leaves no desktop behind for critical health when the primary is down', () => {
    expect(codeOf({ replicationHealth: 'Critical' }, { primaryIsDown: true })).toBe('in: moves')
  })

  it('leaves out a desktop whose target nobody knows', () => {
    const { targetResourceGroupId: _, ...item } = itemOf('pc-1')
    const seen = { ...personalSeen, replicatedItems: [item, itemOf('pc-2'), itemOf('pc-3')] }
    const { hosts } = previewOf({ pair: 'personal', seen, request: { acceptOut: 'all' } })
    expect(hosts[0]).toMatchObject({ host: 'pc-1', decision: 'out', code: 'noTarget' })
  })

  it('leaves out a host that two replicated items could be', () => {
    const seen = { ...personalSeen, replicatedItems: [itemOf('pc-1'), itemOf('pc-1', { id: 'other' }), itemOf('pc-2')] }
    const { hosts } = previewOf({ pair: 'personal', seen, request: { acceptOut: 'all' } })
    expect(hosts.map(({ code }) => code)).toEqual(['ambiguousVm', 'moves', 'notReplicated'])
  })

  it.each<[string, Partial<SessionHost>, string]>([
    ['a host named with its domain', { name: 'pc-1.contoso.local' }, 'in: moves'],
    ['a host in capitals', { name: 'PC-1' }, 'in: moves'],
    ['a host whose reported machine is in the other region already', { vmId: vmIdOf('rg-pw', 'pc-1') }, 'in: moves'],
    ['a host whose reported id has other letter case', { vmId: vmIdOf('rg-p', 'pc-1').toUpperCase() }, 'in: moves'],
    ['a host that reports a machine of another name', { vmId: vmIdOf('rg-p', 'pc-2') }, 'out: ambiguousVm'],
  ])('%s', (_, host, expected) => {
    const hosts = planned({}, { host }).hosts
    const decision = hosts.find((one) => one.host.toLowerCase().startsWith('pc-1'))
    expect(`${decision?.decision}: ${decision?.code}`).toBe(expected)
  })

  it('finds the machine by its reported id when its name is another', () => {
    const vms = [vmOf('rg-p', 'renamed', 'uksouth'), vmOf('rg-p', 'pc-2', 'uksouth')]
    const item = { vmName: 'renamed', sourceVmId: vmIdOf('rg-p', 'renamed') }
    expect(desktopOf(item, { vms, host: { vmId: vmIdOf('rg-p', 'renamed') } })).toMatchObject({
      sourceVmId: vmIdOf('rg-p', 'renamed'),
      targetVmId: vmIdOf('rg-pw', 'renamed'),
    })
  })

  it('names a desktop by its item, its two machines and its user', () => {
    expect(desktopOf({}, { host: { assignedUser: 'ada@contoso.com' } })).toEqual({
      kind: 'desktop',
      key: 'pc-1',
      host: 'pc-1',
      sourceVmId: vmIdOf('rg-p', 'pc-1'),
      targetVmId: vmIdOf('rg-pw', 'pc-1'),
      itemId: itemOf('pc-1').id,
      user: 'ada@contoso.com',
      extensions: 0,
    })
  })

  it('names no user where nobody is assigned', () => {
    expect(Object.keys(desktopOf({}) ?? {})).not.toContain('user')
  })

  it('takes the target Site Recovery names, unless it is the source itself', () => {
    const elsewhere = vmIdOf('rg-other', 'pc-1')
    expect(desktopOf({ targetVmId: elsewhere })).toMatchObject({ targetVmId: elsewhere })
    expect(desktopOf({ targetVmId: vmIdOf('RG-P', 'pc-1') })).toMatchObject({ targetVmId: vmIdOf('rg-pw', 'pc-1') })
  })

  it('finds items by name when the machines of a lost primary cannot be listed', () => {
    const seen = withoutPart(personalSeen, 'primary', 'vms')
    const { spec } = previewOf({ pair: 'personal', seen, request: { primaryIsDown: true } })
    expect(spec?.stages.at(-1)?.tasks.map(({ key }) => key)).toEqual(['pc-1', 'pc-2', 'pc-3'])
  })

  it('reads the session hosts of the one pool from either side', () => {
    const seen = withoutPart(personalSeen, 'primary', 'sessionHosts')
    const { hosts } = previewOf({ pair: 'personal', seen, request: { primaryIsDown: true } })
    expect(hosts).toHaveLength(3)
  })

  it('sends the lowest tier first, then by name, and machines without a tier last', () => {
    const vms = (personalSeen.primary.vms ?? []).map((vm) => {
      if (vm.name === 'pc-3') return { ...vm, tags: { DRTIER: '1' } }
      return vm.name === 'pc-2' ? { ...vm, tags: { drTier: '2' } } : { ...vm, tags: { drTier: 'soon' } }
    })
    const { spec } = previewOf({ pair: 'personal', seen: withSide(personalSeen, 'primary', { vms }) })
    expect(spec?.stages.at(-1)?.tasks.map(({ key }) => key)).toEqual(['pc-3', 'pc-2', 'pc-1'])
  })

  it('skips hosts that were not asked for', () => {
    const { hosts, spec } = previewOf({ pair: 'personal', request: { hosts: ['PC-2'] } })
    expect(hosts.map(({ decision, code }) => `${decision}: ${code}`)).toEqual([
      'skipped: notRequested',
      'in: moves',
      'skipped: notRequested',
    ])
    expect(spec?.stages.at(-1)?.tasks.map(({ key }) => key)).toEqual(['pc-2'])
  })

  it('lists in the spec who is left out, by name and with the reason', () => {
    expect(planned(undefined).spec?.out).toEqual([
      { host: 'pc-1', code: 'notReplicated', reason: 'Site Recovery does not replicate it.' },
    ])
  })

  it('moves the others once the request accepts those left out, and not before', () => {
    const seen = { ...personalSeen, replicatedItems: [itemOf('pc-1')] }
    const after = (acceptOut: unknown) =>
      previewOf({ pair: 'personal', seen, request: { acceptOut } }).spec !== undefined
    expect([[], ['pc-2'], ['pc-2', 'pc-3'], 'all'].map(after)).toEqual([false, false, true, true])
  })
})
