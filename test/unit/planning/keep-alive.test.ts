import { describe, expect, test } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import type { KeepAliveLimits } from '../../../src/lib/machine/spec.ts'
import { contentOf } from '../../../src/lib/planning/content.ts'
import { type KeepAliveRequest, planKeepAlive } from '../../../src/lib/planning/keep-alive.ts'
import { hostOf, planOf, pooledSeen, vmOf, withSide } from '../../support/plans.ts'

const plan = planOf()
const limits = { stayOn: hours(2), maxOnTime: hours(8), patches: 'assess' } as const
const wake = (...hosts: string[]) => hosts.map((host) => ({ side: 'secondary' as const, host }))

function specOf(request: Partial<KeepAliveRequest>, seen = pooledSeen, more: Partial<KeepAliveLimits> = {}) {
  const [pair] = plan.pairs
  if (!pair) throw new Error('the plan has no pair')
  return planKeepAlive(
    { plan, pair, seen },
    { ...limits, ...more },
    { side: 'secondary', wakes: [], putBack: [], ...request },
  )
}

const tasksOf = (spec: ReturnType<typeof specOf>, name: string) =>
  (spec.stages.find((stage) => stage.name === name)?.tasks ?? []).map((subject) => subject.key)

describe('the plan of a wake-up', () => {
  test('has a task for each host, by its VM, with what a failed start would tell', () => {
    const seen = withSide(pooledSeen, 'secondary', {
      vms: [vmOf('rg-w', 'vm-w1', 'ukwest', { size: 'Standard_D2s_v5', zone: '3' }), vmOf('rg-w', 'vm-w2', 'ukwest')],
    })
    const spec = specOf({ wakes: wake('VM-W2', 'vm-w1', 'vm-w1') }, seen)
    expect(tasksOf(spec, 'wake')).toEqual(['vm-w1', 'vm-w2'])
    expect(spec.stages[0]?.tasks[0]).toMatchObject({
      kind: 'host',
      side: 'secondary',
      host: 'vm-w1',
      vmId: expect.stringMatching(/vm-w1$/),
      size: 'Standard_D2s_v5',
      zone: '3',
    })
    expect(spec).toMatchObject({ kind: 'keepAlive', target: 'secondary', keepAlive: limits, out: [] })
  })

  test('puts back exactly what is left, and does not wake such a host', () => {
    const left = ['undrainHost', 'includeInScaling'] as const
    const spec = specOf({ wakes: wake('vm-w1', 'vm-w2'), putBack: [{ side: 'secondary', host: 'vm-w1', left }] })
    expect(tasksOf(spec, 'wake')).toEqual(['vm-w2'])
    expect(spec.stages.find(({ name }) => name === 'putBack')?.tasks).toMatchObject([{ key: 'vm-w1', only: left }])
  })

  test.each([
    ['is not in the inventory', 'vm-w9', pooledSeen, 'unknownHost'],
    ['has no VM', 'vm-w1', withSide(pooledSeen, 'secondary', { vms: [] }), 'noVm'],
    [
      'could be two VMs',
      'vm-w1',
      withSide(pooledSeen, 'secondary', {
        sessionHosts: [hostOf('hp-w', 'rg-w', 'vm-w1', { vmId: vmOf('rg-w', 'vm-w2', 'ukwest').id })],
      }),
      'ambiguousVm',
    ],
    ['is of the other side', 'vm-s1', pooledSeen, 'unknownHost'],
  ])('leaves out a host that %s, by name', (_, host, seen, code) => {
    const spec = specOf({ wakes: wake(host) }, seen)
    expect(spec.out).toMatchObject([{ host, code, reason: expect.any(String) }])
    expect(tasksOf(spec, 'wake')).toEqual([])
  })

  test('is the same text for the same hosts in any order', () => {
    expect(contentOf(specOf({ wakes: wake('vm-w2', 'vm-w1') }))).toBe(
      contentOf(specOf({ wakes: wake('vm-w1', 'vm-w2') })),
    )
  })
})

describe('the plan of a repair', () => {
  const template = '/template'
  const repairOf = (...request: Parameters<typeof specOf>) =>
    specOf(request[0], request[1] ?? pooledSeen, { template }).stages.find(({ name }) => name === 'repair')?.tasks

  test('has one task, and neither wakes the host nor puts it back', () => {
    const [repair] = wake('vm-w1')
    const putBack = [{ side: 'secondary', host: 'vm-w1', left: ['deallocateVm'] }] as const
    const spec = specOf({ wakes: wake('vm-w1', 'vm-w2'), putBack, repair: repair ? [repair] : [] }, pooledSeen, {
      template,
    })
    expect(tasksOf(spec, 'repair')).toEqual(['vm-w1'])
    expect(tasksOf(spec, 'wake')).toEqual(['vm-w2'])
    expect(tasksOf(spec, 'putBack')).toEqual([])
    expect(spec.keepAlive?.template).toBe(template)
  })

  test('drains the new host unless the old one let people in', () => {
    const seenWith = (allowNewSession: boolean) =>
      withSide(pooledSeen, 'secondary', { sessionHosts: [hostOf('hp-w', 'rg-w', 'vm-w1', { allowNewSession })] })
    expect(repairOf({ repair: wake('vm-w1') }, seenWith(true))).toMatchObject([
      { only: ['removeHost', 'redeployVm', 'awaitHost'] },
    ])
    expect(repairOf({ repair: wake('vm-w1') }, seenWith(false))?.[0]).not.toHaveProperty('only')
  })

  test('knows a host without a record by the VM of its clock, and what is known of that VM', () => {
    const seen = withSide(pooledSeen, 'secondary', {
      sessionHosts: [],
      vms: [vmOf('rg-w', 'vm-w1', 'ukwest', { size: 'Standard_D2s_v5', zone: '3' })],
    })
    const { id: vmId } = vmOf('rg-w', 'vm-w1', 'ukwest')
    const asked = (id: string) => ({ repair: [{ side: 'secondary' as const, host: 'vm-w1', vmId: id }] })
    expect(repairOf(asked(vmId.toUpperCase()), seen)).toMatchObject([{ key: 'vm-w1', zone: '3' }])
    expect(repairOf(asked('/gone/vm-w9'), seen)).toEqual([
      { kind: 'host', key: 'vm-w1', side: 'secondary', host: 'vm-w1', vmId: '/gone/vm-w9' },
    ])
  })
})
