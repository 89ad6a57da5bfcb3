/** Whether a region was asked for anything of its own: its machines, networks, storage, key vaults. */
import type { CallRecord } from '../arm/ledger-types.ts'
import type { Sim } from '../arm/types.ts'

/**
 * Calls that went there, of those that came after the first `known` ones. Role assignments, metadata of AVD and lists of
 * whole subscriptions are nobody's region.
 */
export const callsInto = (sim: Sim, region: string, known = 0): readonly CallRecord[] =>
  sim.ledger
    .calls()
    .slice(known)
    .filter((call) => call.region === region.toLowerCase())
