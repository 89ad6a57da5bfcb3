/** Session hosts and machines of the small pairs, as rules about hosts look at them. */
import { hours } from '../../src/lib/core/time.ts'
import type { SessionHost, Vm } from '../../src/lib/model/azure.ts'
import type { PairSeen } from '../../src/lib/model/inventory.ts'
import type { PairState } from '../../src/lib/model/pair-state.ts'
import { movedSeen, now, pooledSeen, withSide } from './plans.ts'

type Side = 'primary' | 'secondary'
type Traits = { readonly host?: Partial<SessionHost>; readonly vm?: Partial<Vm> }

/** All hosts of a side, or those named. */
export function withHosts(seen: PairSeen, side: Side, { host, vm }: Traits, only?: readonly string[]): PairSeen {
  const isMeant = ({ name }: { readonly name: string }) => only === undefined || only.includes(name)
  return withSide(seen, side, {
    sessionHosts: (seen[side].sessionHosts ?? []).map((one) => (isMeant(one) ? { ...one, ...host } : one)),
    vms: (seen[side].vms ?? []).map((one) => (isMeant(one) ? { ...one, ...vm } : one)),
  })
}

const atWork: Traits = { vm: { power: 'running' }, host: { agentVersion: '1.0.200.1', updateState: 'Succeeded' } }
const atRest: Traits = {
  vm: { power: 'deallocated' },
  host: {
    status: 'Shutdown',
    allowNewSession: false,
    lastHeartbeat: now - hours(24 * 20),
    agentVersion: '1.0.200.1',
    updateState: 'Succeeded',
  },
}

/** Users on the primary, the hosts of the secondary off and drained. */
export const restingSeen: PairSeen = withHosts(withHosts(pooledSeen, 'primary', atWork), 'secondary', atRest)

/** After a failover: users on the secondary, the hosts of the primary on and drained. */
export const leftSeen: PairSeen = withHosts(
  withHosts(withHosts(movedSeen, 'secondary', atWork), 'primary', atWork),
  'primary',
  { host: { allowNewSession: false } },
)

export const afterFailover: Partial<PairState> = { activeSide: 'secondary' }

export const wakingHosts: Partial<PairState> = { heldBy: { operationId: 'keepAlive-1', kind: 'keepAlive' } }
