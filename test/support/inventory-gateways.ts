/** Azure as two small pairs have it, for collectors: every reading may fail. */
import { expect } from 'vitest'
import type { Answer } from '../../src/lib/core/fault.ts'
import type { Gap, PairSeen } from '../../src/lib/model/inventory.ts'
import type { Gateways } from '../../src/lib/ports/gateways.ts'
import { fakeEstate } from './estate.ts'
import { avdIdOf, personalSeen, pooledSeen } from './plans.ts'

export type Calls = { readonly names: string[]; most: number; running: number }
export type Trouble = (name: string) => 'ok' | 'refused' | 'unknown' | 'throws'

export function gatewaysWith(
  trouble: Trouble,
  calls: Calls = { names: [], most: 0, running: 0 },
  items: NonNullable<PairSeen['replicatedItems']> = personalSeen.replicatedItems ?? [],
): Gateways {
  const answer = async <T>(name: string, value: T): Promise<Answer<T>> => {
    calls.names.push(name)
    calls.running++
    calls.most = Math.max(calls.most, calls.running)
    await Promise.resolve()
    calls.running--
    const fate = trouble(name)
    if (fate === 'throws') throw new Error(`broken ${name}`)
    if (fate === 'ok') return { kind: 'ok', value }
    return { kind: fate, fault: { code: 'unavailable', message: `no ${name}`, retryable: true } }
  }
  const seenAt = (id: string) => {
    if (/\/hp-s$/i.test(id)) return pooledSeen.primary
    return /\/hp-w$/i.test(id) ? pooledSeen.secondary : personalSeen.primary
  }
  const vms = [pooledSeen.primary, pooledSeen.secondary, personalSeen.primary].flatMap((side) => side.vms ?? [])
  const applicationGroups = [pooledSeen.primary, pooledSeen.secondary].flatMap((side) => side.applicationGroups ?? [])
  const unused = () => Promise.reject(new Error('the inventory only reads lists'))
  return {
    avd: {
      hostPool: (id) => answer('hostPool', seenAt(id).hostPool ?? never()),
      sessionHosts: (id) => answer('sessionHosts', seenAt(id).sessionHosts ?? []),
      applicationGroups: (_, group) =>
        answer(
          'applicationGroups',
          applicationGroups
            .filter(({ id }) => id.includes(`/${group}/`))
            .concat({
              ...(applicationGroups[0] ?? never()),
              id: 'foreign',
              hostPoolId: avdIdOf('rg', 'hostpools', 'other'),
            })
            .map(({ assignments: _assignments, ...group }) => group),
        ),
      applications: () => answer('applications', []),
      workspaces: () => answer('workspaces', []),
      msixPackages: () => answer('msixPackages', []),
      appAttachPackages: () => answer('appAttachPackages', []),
      scalingPlans: () => answer('scalingPlans', []),
      setStartVmOnConnect: unused,
      setAllowNewSession: unused,
      userSessions: unused,
      sendMessage: unused,
      signOut: unused,
      removeSessionHost: unused,
      newRegistrationToken: unused,
      setScalingPlanEnabled: unused,
      applicationGroup: unused,
      application: unused,
      setPoolProperty: unused,
      putApplicationGroup: unused,
      setApplicationGroup: unused,
      putApplication: unused,
    },
    compute: {
      vms: (_, group) =>
        answer(
          'vms',
          vms.filter(({ id }) => id.includes(`/${group}/`)),
        ),
      quotas: () => answer('quotas', [{ name: 'cores', used: 0, limit: 100 }]),
      vm: unused,
      powerStates: () => answer('powerStates', new Map(vms.map(({ id, power }) => [id.toLowerCase(), power]))),
      start: unused,
      operationFault: unused,
      deallocate: unused,
      assessPatches: unused,
      installPatches: unused,
      setTags: unused,
    },
    room: {
      sizes: () => answer('sizes', pooledSeen.secondary.sizes ?? []),
      reservations: () => answer('reservations', []),
      subnets: () => answer('subnets', []),
    },
    extensions: {
      ofVm: unused,
      all: () => answer('extensions', []),
      put: unused,
      remove: unused,
      associations: unused,
      allAssociations: async () => answer('associations of VMs', new Map()),
      associate: unused,
    },
    deployments: { deployment: unused, deploy: unused },
    siteRecovery: {
      items: () => answer('items', items),
      jobs: unused,
      recoveryPoints: unused,
      recoveryPlans: () => answer('recoveryPlans', [{ id: '/plans/rp', name: 'rp', itemIds: ['/items/1'] }]),
      failoverPlan: unused,
      failover: unused,
      commit: unused,
      changeRecoveryPoint: unused,
      reprotect: unused,
    },
    estate: fakeEstate(answer),
    access: {
      assignmentsWithin: async () => Promise.reject(new Error('not asked for by the inventory')),
      assignments: (scope) =>
        answer(`assignments`, applicationGroups.find(({ id }) => id === scope)?.assignments ?? []),
      rolesThatUseApplications: () => answer('roles', ['b', 'a']),
      grant: unused,
      revoke: unused,
    },
  }
}

export const never = (): never => {
  throw new Error('not in the story')
}

/** Every part is as it would be without trouble, or missing with one gap and a reason. */
export function expectWhole<T extends { readonly gaps: readonly Gap[] }>(found: T, expected: T): void {
  const parts = Object.keys(expected).filter((part) => part !== 'gaps') as (keyof T & string)[]
  for (const part of parts) {
    // Sizes are those of machines that were seen: without their lists there are none, and planning says so of each.
    if (part === 'sizes' && Array.isArray(found[part]) && found[part].length === 0) continue
    // What was seen at most is no part that can be missing: a side that was not read counts nothing.
    if (part === 'peaks') continue
    const gaps = found.gaps.filter(({ what }) => what === part)
    if (gaps.length === 0) expect(found[part]).toEqual(expected[part])
    else {
      // Extensions of one side are worth having without those of the other.
      const left = part === 'extensions' ? found[part] : undefined
      expect([part, found[part], gaps.length]).toEqual([part, left, 1])
      expect(gaps[0]?.reason).not.toBe('')
    }
  }
}
