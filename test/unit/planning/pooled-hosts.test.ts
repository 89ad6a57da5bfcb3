import { describe, expect, it } from 'vitest'
import type { StageName, Subject } from '../../../src/lib/machine/spec.ts'
import {
  hostOf,
  movedSeen,
  planOf,
  planText,
  pooledSeen,
  previewOf,
  type Story,
  vmIdOf,
  vmOf,
  withoutPart,
  withSide,
} from '../../support/plans.ts'

const keysOf = (story: Story, name: StageName) =>
  previewOf(story)
    .spec?.stages.find((stage) => stage.name === name)
    ?.tasks.map(({ key }) => key)
const taskOf = (story: Story, name: StageName, at = 0): Subject | undefined =>
  previewOf(story).spec?.stages.find((stage) => stage.name === name)?.tasks[at]
const hosts = pooledSeen.secondary.sessionHosts ?? []
const vms = pooledSeen.secondary.vms ?? []
const failback: Story = { seen: movedSeen, request: { kind: 'failback' }, pairState: { activeSide: 'secondary' } }
const counterparts = planOf(planText.replace('    groups:', '    counterparts: { replace: -s, with: -w }\n    groups:'))

describe('the hosts of a pooled pair', () => {
  it('starts the new side, whatever its power, and leaves the old one', () => {
    expect(keysOf({}, 'capacity')).toEqual(['vm-w1', 'vm-w2', 'vm-w3', 'vm-w4'])
    expect(keysOf({}, 'leave')).toEqual(['vm-s1', 'vm-s2', 'vm-s3', 'vm-s4'])
  })

  it('names a host with its side and its machine', () => {
    expect(taskOf({}, 'capacity')).toEqual({
      kind: 'host',
      key: 'vm-w1',
      side: 'secondary',
      host: 'vm-w1',
      vmId: vmIdOf('rg-w', 'vm-w1'),
    })
  })

  it('starts by tier, then by name', () => {
    const tagged = vms.map((vm) => (vm.name === 'vm-w3' ? { ...vm, tags: { drTier: '1' } } : vm))
    const seen = withSide(pooledSeen, 'secondary', { vms: tagged, sessionHosts: [...hosts].reverse() })
    expect(keysOf({ seen }, 'capacity')).toEqual(['vm-w3', 'vm-w1', 'vm-w2', 'vm-w4'])
  })

  it.each([
    ['without a machine', { vms: vms.slice(1) }, 'noVm'],
    ['whose machine is in another region', { vms: [vmOf('rg-w', 'vm-w1', 'UKSouth'), ...vms.slice(1)] }, 'wrongRegion'],
    [
      'that reports the machine of another host',
      { sessionHosts: [hostOf('hp-w', 'rg-w', 'vm-w1', { vmId: vmIdOf('rg-w', 'vm-w2') }), ...hosts.slice(1)] },
      'ambiguousVm',
    ],
  ])('leaves out a host %s', (_, traits, code) => {
    const { spec, hosts: decided } = previewOf({
      seen: withSide(pooledSeen, 'secondary', traits),
      request: { acceptOut: 'all' },
    })
    expect(decided.find(({ host }) => host === 'vm-w1')).toMatchObject({ decision: 'out', code })
    for (const { reason } of decided) expect(reason).toMatch(/^[A-Z].*\w/)
    expect(spec?.out).toMatchObject([{ host: 'vm-w1', code }])
    expect(spec?.stages.find(({ name }) => name === 'capacity')?.tasks).toHaveLength(3)
  })

  it('tells of hosts in the order of their names', () => {
    const seen = withSide(pooledSeen, 'secondary', { sessionHosts: [...hosts].reverse() })
    expect(previewOf({ seen }).hosts.map(({ host }) => host)).toEqual(previewOf({}).hosts.map(({ host }) => host))
    expect(
      previewOf({})
        .hosts.slice(0, 4)
        .map(({ host }) => host),
    ).toEqual(['vm-w1', 'vm-w2', 'vm-w3', 'vm-w4'])
  })

  it('leaves every old host even when only some new ones are asked for', () => {
    const story: Story = { request: { hosts: ['vm-w1', 'vm-w2'] } }
    expect(keysOf(story, 'capacity')).toEqual(['vm-w1', 'vm-w2'])
    expect(keysOf(story, 'leave')).toHaveLength(4)
    const skipped = previewOf(story).hosts.filter(({ decision }) => decision === 'skipped')
    expect(skipped.map(({ host, reason }) => `${host}: ${reason}`)).toEqual([
      expect.stringMatching(/^vm-w3: \w/),
      expect.stringMatching(/^vm-w4: \w/),
    ])
  })

  it('leaves the hosts of a lost primary although its machines cannot be listed', () => {
    const sessionHosts = (pooledSeen.primary.sessionHosts ?? []).map(({ vmId: _, ...host }) => host)
    const seen = withSide(withoutPart(pooledSeen, 'primary', 'vms'), 'primary', { sessionHosts })
    const story: Story = { seen, request: { primaryIsDown: true } }
    expect(taskOf(story, 'leave')).toMatchObject({ key: 'vm-s1', vmId: vmIdOf('rg-s', 'vm-s1') })
    const elsewhere = planOf(planText.replace('hostPool: hp-s,', 'hostPool: hp-s, vmResourceGroup: rg-vms,'))
    expect(taskOf({ ...story, plan: elsewhere }, 'leave')).toMatchObject({ vmId: vmIdOf('rg-vms', 'vm-s1') })
  })

  it('puts to rest at failback only the standby hosts that we started', () => {
    expect(
      keysOf({ ...failback, pairState: { activeSide: 'secondary', startedHosts: ['VM-W2'] } }, 'standDown'),
    ).toEqual(['vm-w2'])
    expect(keysOf(failback, 'standDown')).toEqual([])
  })

  it('takes only our tag off a standby host that we did not start', () => {
    const pairState = { activeSide: 'secondary', startedHosts: ['vm-w2'], taggedHosts: ['VM-W3', 'vm-w2'] } as const
    const story: Story = { ...failback, pairState }
    expect(keysOf(story, 'standDown')).toEqual(['vm-w2', 'vm-w3'])
    expect(taskOf(story, 'standDown', 0)).not.toHaveProperty('only')
    expect(taskOf(story, 'standDown', 1)).toMatchObject({ host: 'vm-w3', only: ['includeInScaling'] })
  })

  it('restores at failback what was switched off on the side users return to', () => {
    const pairState = {
      activeSide: 'secondary' as const,
      restore: { primary: ['enableScalingPlan' as const], secondary: ['enableStartOnConnect' as const] },
    }
    const settle = previewOf({ ...failback, pairState }).spec?.stages.find(({ name }) => name === 'settle')
    expect(settle?.steps.map(({ step, side }) => `${step}@${side}`)).toEqual(['enableScalingPlan@primary'])
  })

  it('asks for acceptance of an old host nothing takes the place of, and drains it all the same', () => {
    const seen = withSide(pooledSeen, 'secondary', { sessionHosts: hosts.slice(1) })
    const refused = previewOf({ plan: counterparts, seen })
    expect(refused.refusals).toMatchObject([{ code: 'hostsOut', subjects: ['vm-s1'] }])
    expect(refused.hosts.find(({ host }) => host === 'vm-s1')?.reason).toContain('vm-w1')
    expect(keysOf({ plan: counterparts, seen, request: { acceptOut: ['vm-s1'] } }, 'leave')).toContain('vm-s1')
    expect(previewOf({ plan: counterparts }).refusals).toEqual([])
  })

  it('turns the rule for counterparts round on the way back', () => {
    expect(previewOf({ ...failback, plan: counterparts }).refusals).toEqual([])
  })

  it.each([
    ['50%', 4, 2],
    ['51%', 4, 3],
    ['1%', 4, 1],
    ['100%', 4, 4],
    ['3', 4, 3],
  ])('%s of %i hosts means %i', (minimum, _, expected) => {
    const plan = planOf(planText.replace('    groups:', `    minimumCapacity: ${minimum}\n    groups:`))
    expect(previewOf({ plan }).spec?.limits.minimumCapacity).toBe(expected)
  })

  it('makes do with the hosts there are when the primary is down', () => {
    const plan = planOf(planText.replace('    groups:', '    minimumCapacity: 40\n    groups:'))
    expect(previewOf({ plan, request: { primaryIsDown: true } }).spec?.limits.minimumCapacity).toBe(4)
  })

  it('knows the old side as down only when the primary is left', () => {
    expect(previewOf({ request: { primaryIsDown: true } }).spec?.primaryIsDown).toBe(true)
    expect(previewOf({ ...failback }).spec?.primaryIsDown).toBe(false)
  })

  it("takes the scaling plan's exclusion tag where the plan names none", () => {
    const scalingPlans = [{ id: 'sp', name: 'sp', exclusionTag: 'keep', pools: [] }]
    expect(previewOf({ seen: withSide(pooledSeen, 'secondary', { scalingPlans }) }).spec?.secondary.exclusionTag).toBe(
      'keep',
    )
  })
})
