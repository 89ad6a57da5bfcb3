import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { readSide } from '../../../src/lib/inventory/read-side.ts'
import { createReader } from '../../../src/lib/inventory/reader.ts'
import type { SideSeen } from '../../../src/lib/model/inventory.ts'
import type { Gateways } from '../../../src/lib/ports/gateways.ts'
import { gatewaysWith } from '../../support/inventory-gateways.ts'
import { avdIdOf, groupIdOf, planOf, pooledSeen, subscription } from '../../support/plans.ts'

const ok = <T>(value: T): Answer<T> => ({ kind: 'ok', value })
const refused: Answer<never> = { kind: 'refused', fault: { code: 'unavailable', message: 'no', retryable: true } }
const plan = planOf()
const side = plan.pairs[0]?.primary
if (!side) throw new Error('a side')
const pool = avdIdOf('rg-s', 'hostpools', 'hp-s')

type Changed = { readonly [K in keyof Gateways]?: Partial<Gateways[K]> }

function read(changed: Changed = {}, old?: SideSeen): Promise<SideSeen> {
  const usual = gatewaysWith(() => 'ok')
  const gateways = {
    ...usual,
    avd: { ...usual.avd, ...changed.avd },
    compute: { ...usual.compute, ...changed.compute },
    estate: { ...usual.estate, ...changed.estate },
  }
  return readSide({ gateways, reader: createReader(), plan, side: side ?? never(), old })
}
const never = () => {
  throw new Error('no side')
}

describe('a side', () => {
  it('has the workspaces that show one of its groups, wherever they are', async () => {
    const workspace = (name: string, ...applicationGroupIds: string[]) => ({
      id: `/${name}`,
      name,
      location: 'uksouth',
      applicationGroupIds,
    })
    const other = '99999999-2222-4333-8444-555555555555'
    const groups = (pooledSeen.primary.applicationGroups ?? []).map((group) => ({
      ...group,
      workspaceId: `/subscriptions/${other}/resourceGroups/x/providers/Microsoft.DesktopVirtualization/workspaces/far`,
    }))
    const { workspaces } = await read({
      avd: {
        applicationGroups: async () => ok(groups),
        workspaces: async (at) =>
          ok(
            at === other
              ? [workspace('far', groupIdOf('dag-s').toUpperCase())]
              : [workspace('near', '/foreign'), workspace('empty')],
          ),
      },
    })
    expect(workspaces?.map(({ name }) => name)).toEqual(['far'])
  })

  it('has its own MSIX packages, and App attach packages that name its pool', async () => {
    const one = (id: string, kind: 'msix' | 'appAttach') => ({ id, kind, fullName: id, isActive: true })
    const { packages } = await read({
      avd: {
        msixPackages: async () => ok([one('m', 'msix')]),
        appAttachPackages: async () =>
          ok([
            { ...one('a', 'appAttach'), hostPoolIds: [pool.toUpperCase()] },
            { ...one('b', 'appAttach'), hostPoolIds: ['/other'] },
          ]),
      },
    })
    expect(packages).toEqual([one('m', 'msix'), one('a', 'appAttach')])
  })

  it('has applications of RemoteApp groups alone; where they could not be read the group is there without, and a gap says so', async () => {
    const applications = [{ id: '/word', name: 'word', settings: {} }]
    const groups = (pooledSeen.primary.applicationGroups ?? []).map((group, i) => ({
      ...group,
      type: i === 0 ? ('Desktop' as const) : ('RemoteApp' as const),
    }))
    const applicationGroups = async () => ok(groups)
    const whole = await read({ avd: { applicationGroups, applications: async () => ok(applications) } })
    expect(whole.applicationGroups?.map((group) => [group.type, group.applications])).toEqual([
      ['Desktop', undefined],
      ['RemoteApp', applications],
    ])
    const half = await read({ avd: { applicationGroups, applications: async () => refused } })
    expect(half.applicationGroups?.map((group) => 'applications' in group)).toEqual([false, false])
    expect(half.gaps).toEqual([{ what: 'applications', reason: 'unavailable: no' }])
  })

  it('has diagnostic settings of its pool, by one request', async () => {
    const asked: string[] = []
    const { diagnostics } = await read({
      estate: {
        diagnostics: async (resourceId) => {
          asked.push(resourceId)
          return ok([{ resourceId, name: 'logs' }])
        },
      },
    })
    expect([diagnostics?.length, asked.map((id) => id.toLowerCase())]).toEqual([1, [pool.toLowerCase()]])
  })
})

describe('machines', () => {
  const vms = pooledSeen.primary.vms ?? []
  const [first, second] = vms.map(({ id }) => id.toLowerCase())

  it('have their power from the status listing of the subscription; one it does not have is unknown', async () => {
    const asked: string[] = []
    const seen = await read({
      compute: {
        powerStates: async (at) => {
          asked.push(at)
          return ok(new Map([[first ?? '', 'running' as const]]))
        },
      },
    })
    expect(seen.vms?.map(({ power }) => power)).toEqual(
      vms.map(({ id }) => (id.toLowerCase() === first ? 'running' : 'unknown')),
    )
    expect(asked).toEqual([subscription])
  })

  it('are not told as if their power were known when it is not', async () => {
    const { vms: none, gaps } = await read({ compute: { powerStates: async () => refused } })
    expect([none, gaps.map(({ what }) => what)]).toEqual([undefined, ['vms']])
  })

  it('that are off have the kind of their disk from the disk', async () => {
    const osDisks = async () => ok(new Map([[second ?? '', 'Premium_LRS']]))
    const seen = await read({
      compute: { vms: async () => ok(vms.map((vm, i) => (i === 0 ? { ...vm, osDiskSku: 'Ephemeral' } : vm))) },
      estate: { osDisks },
    })
    expect(seen.vms?.map(({ osDiskSku }) => osDiskSku).slice(0, 2)).toEqual(['Ephemeral', 'Premium_LRS'])
  })

  it('are worth having without the kinds of their disks, and a gap says why', async () => {
    const seen = await read({ estate: { osDisks: async () => refused } })
    expect(seen.vms).toHaveLength(vms.length)
    expect(seen.gaps).toEqual([{ what: 'osDisks', reason: 'unavailable: no' }])
  })
})
