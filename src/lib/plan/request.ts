/** What a caller asks of planning. Parsed at the edge with this schema. */
import { z } from 'zod'
import { hours } from '../core/time.ts'
import { applicationGroupName, duration, hostName, pairId } from './fields.ts'

/** One operation moves at most a whole host pool: 10,000 session hosts (Azure Virtual Desktop limits). */
const hosts = z.array(hostName).max(10_000)

export const operationRequestSchema = z.strictObject({
  pairId,
  kind: z.enum(['failover', 'failback']),
  /** The primary does not answer: nothing waits for it, and only what is unsafe refuses. */
  primaryIsDown: z.boolean().default(false),
  /** Hosts that may stay behind, by name. */
  acceptOut: z.union([z.literal('all'), hosts]).default([]),
  /** Primary application groups, by name, when not all of the pair are to move. */
  applicationGroups: z.array(applicationGroupName).min(1).max(500).exactOptional(),
  /** Nobody is in a group that moves and in one that stays: said by the caller, for members are not read. */
  groupsShareNobody: z.boolean().exactOptional(),
  /** Hosts by name, when not all of the pair are to move. */
  hosts: hosts.min(1).exactOptional(),
  /** Grant although sessions on a dead primary cannot be proven gone. Approved by itself. */
  grantWithoutSignOutProof: z.boolean().default(false),
  /** Instead of the plan's, e.g. `0 s`. */
  grace: duration(0, hours(4)).exactOptional(),
})

export type OperationRequest = z.output<typeof operationRequestSchema>
