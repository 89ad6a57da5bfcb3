/** Which hosts of a pair are meant to be off, and on which side. The only place here that knows of strategies. */
import type { Side } from '../machine/spec.ts'
import type { SessionHost, Vm } from '../model/azure.ts'
import type { PairSeen } from '../model/inventory.ts'
import type { PairState } from '../model/pair-state.ts'
import type { PlannedPair } from '../plan/schema.ts'
import { byText, hostKey } from '../planning/situation.ts'
import { vmMatcher } from '../planning/vms.ts'

export type StandbyHost = {
  readonly side: Side
  /** Its key: the session host's name without the pool's, in lower case. */
  readonly host: string
  readonly seen: SessionHost
  readonly vm: Vm | 'none' | 'ambiguous'
}

export type StandbyHosts = {
  readonly hosts: readonly StandbyHost[]
  /** What could not be read, as it is or as it was: `<side> <part>: <reason>`. */
  readonly unread: readonly string[]
}

/** The side whose hosts are off, undefined where a strategy keeps none. */
export const standbySideOf = ({ strategy }: PlannedPair, { activeSide }: PairState): Side | undefined =>
  strategy === 'pooledStandby' ? otherSide(activeSide) : undefined

/** In the order of their names. A list that could not be read is not an empty one: see `unread`. */
export function standbyHostsOf(pair: PlannedPair, state: PairState, seen: PairSeen | undefined): StandbyHosts {
  const side = standbySideOf(pair, state)
  if (side === undefined) return { hosts: [], unread: [] }
  if (!seen) return { hosts: [], unread: [`${side}: the inventory has not seen this pair yet`] }
  const needed = seen[side].gaps.filter(({ what }) => what === 'sessionHosts' || what === 'vms')
  return { hosts: hostsOn(side, seen), unread: needed.map(({ what, reason }) => `${side} ${what}: ${reason}`) }
}

/** Hosts of the side where users work, which are standby hosts after a failover or failback. */
export function workingHostsOf(
  pair: PlannedPair,
  state: PairState,
  seen: PairSeen | undefined,
): readonly StandbyHost[] {
  return seen && standbySideOf(pair, state) !== undefined ? hostsOn(state.activeSide, seen) : []
}

function hostsOn(side: Side, seen: PairSeen): readonly StandbyHost[] {
  const { sessionHosts = [], vms = [] } = seen[side]
  const vmOf = vmMatcher(vms)
  const hosts = sessionHosts.map((host): StandbyHost => {
    const match = vmOf(host)
    return { side, host: hostKey(host.name), seen: host, vm: typeof match === 'string' ? match : match.vm }
  })
  return hosts.sort((a, b) => byText(a.host, b.host))
}

const otherSide = (side: Side): Side => (side === 'primary' ? 'secondary' : 'primary')
