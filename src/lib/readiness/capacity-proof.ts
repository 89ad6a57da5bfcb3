/** What is known of Azure having room: machines that run now, the newest start that went through, the newest that did not. */
import type { HostClock } from '../model/host-clock.ts'
import type { PairSeen } from '../model/inventory.ts'
import { vmMatcher } from '../planning/vms.ts'
import type { CapacityProof } from './readiness.ts'

type Side = 'primary' | 'secondary'
type Machine = { readonly size: string; readonly zone?: string | undefined; readonly isRunning: boolean }

/** Of the hosts a pool has there, or of the machines replication would make there. Only a reservation is a promise. */
export function capacityProofs(seen: PairSeen, side: Side, clocks: readonly HostClock[]): readonly CapacityProof[] {
  const own = clocks.filter((clock) => clock.side === side)
  const starts = own.flatMap(({ host, lastStart }) => (lastStart ? [{ host, ...lastStart }] : []))
  const refusals = own.flatMap(({ startFailures }) => startFailures)
  return [...Map.groupBy(machinesOn(seen, side), kindOf)].map(([kind, some]): CapacityProof => {
    const [first] = some
    const start = newest(starts.filter((one) => kindOf(one) === kind))
    const refusal = newest(refusals.filter((one) => kindOf(one) === kind))
    return {
      size: first?.size ?? '',
      ...(first?.zone !== undefined && { zone: first.zone }),
      machines: some.length,
      running: some.filter(({ isRunning }) => isRunning).length,
      ...(start && { lastStart: { at: start.at, host: start.host } }),
      ...(refusal && { lastRefusal: { at: refusal.at, code: refusal.code } }),
    }
  })
}

const kindOf = ({ size, zone = '' }: { readonly size: string; readonly zone?: string | undefined }): string =>
  `${size.toLowerCase()}/${zone}`

const newest = <T extends { readonly at: number }>(all: readonly T[]): T | undefined =>
  all.reduce<T | undefined>((best, one) => (best === undefined || one.at > best.at ? one : best), undefined)

function machinesOn(seen: PairSeen, side: Side): readonly Machine[] {
  const { vms = [], sessionHosts = [] } = seen[side]
  const vmOf = vmMatcher(vms)
  if (seen.replicatedItems && side === 'secondary')
    return seen.replicatedItems.flatMap(({ targetSize, targetZone }) =>
      targetSize === undefined ? [] : [{ size: targetSize, zone: targetZone, isRunning: false }],
    )
  return sessionHosts.flatMap((host) => {
    const match = vmOf(host)
    if (typeof match !== 'object' || match.vm.size === '') return []
    const { size, zone, power } = match.vm
    return [{ size, zone, isRunning: power === 'running' }]
  })
}
