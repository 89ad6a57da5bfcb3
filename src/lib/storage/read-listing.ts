/** Stored listings are read like foreign input: one that is not what it should be does not count, and is made again. */
import { z } from 'zod'
import type { ReplicatedItem, ReplicationJob, RoleAssignment, SessionHost, UserSession } from '../model/azure.ts'
import type { Listing, ListingKey, ListingName, ListingState } from '../ports/listings.ts'

const text = z.string()
const moment = z.number().min(0)
const length = z.number().min(0)
const count = z.number().int().min(0)

const fault = z.object({
  code: text,
  message: text,
  retryable: z.boolean(),
  azureCode: z.exactOptional(text),
  retryAfter: z.exactOptional(length),
})

const state = z.object({
  turn: count,
  holder: z.exactOptional(text),
  leasedUntil: z.exactOptional(moment),
  since: z.exactOptional(moment),
  notBefore: moment,
  fault: z.exactOptional(fault),
  failures: z.exactOptional(count),
  latest: z.exactOptional(z.object({ turn: count, startedAt: moment, took: length })),
})

/** A property that is new in the model and forgotten here would be lost on the way through storage. */
type Shape<T> = { readonly [K in keyof Required<T>]: z.ZodType }

const sessionHost = z.object({
  id: text,
  name: text,
  status: text,
  allowNewSession: z.boolean(),
  sessions: z.number(),
  lastHeartbeat: z.exactOptional(z.number()),
  assignedUser: z.exactOptional(text),
  vmId: z.exactOptional(text),
  agentVersion: z.exactOptional(text),
  updateState: z.exactOptional(text),
} satisfies Shape<SessionHost>)

const userSession = z.object({ id: text, host: text, user: text, state: text } satisfies Shape<UserSession>)

const powerState = z.enum(['running', 'starting', 'stopping', 'stopped', 'deallocating', 'deallocated', 'unknown'])

const replicatedItem = z.object({
  id: text,
  name: text,
  vmName: text,
  protectionState: text,
  activeLocation: text,
  allowedOperations: z.array(text),
  replicationHealth: text,
  failoverHealth: text,
  sourceVmId: text,
  targetVmId: z.exactOptional(text),
  targetResourceGroupId: z.exactOptional(text),
  targetLocation: z.exactOptional(text),
  currentJob: z.exactOptional(text),
  rpoSeconds: z.exactOptional(z.number()),
  multiVmGroup: z.exactOptional(text),
  failedOverAt: z.exactOptional(z.number()),
  targetSize: z.exactOptional(text),
  targetZone: z.exactOptional(text),
  targetSubnets: z.exactOptional(z.array(text)),
  capacityReservationGroup: z.exactOptional(text),
} satisfies Shape<ReplicatedItem>)

const job = z.object({
  name: text,
  scenario: text,
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  target: text,
  items: z.array(text),
  startedAt: z.exactOptional(z.number()),
  errorCode: z.exactOptional(text),
  errorMessage: z.exactOptional(text),
} satisfies Shape<ReplicationJob>)

const assignment = z.object({
  id: text,
  name: text,
  scope: text,
  principalId: text,
  principalType: text,
  roleDefinitionId: text,
  condition: z.exactOptional(text),
  conditionVersion: z.exactOptional(text),
  description: z.exactOptional(text),
} satisfies Shape<RoleAssignment>)

const contents: { readonly [N in ListingName]: z.ZodType<Listing<N>['value']> } = {
  sessionHosts: z.array(sessionHost),
  userSessions: z.array(userSession),
  powerStates: z.array(z.tuple([text, powerState])).transform((entries) => new Map(entries)),
  replicatedItems: z.array(replicatedItem),
  jobs: z.array(job),
  assignments: z.array(assignment),
}

const envelope = z.object({
  v: z.literal(1),
  name: text,
  of: text,
  startedAt: moment,
  took: length,
  value: z.unknown(),
})

export const readListingState = (value: unknown): ListingState | undefined =>
  state.safeParse(value).data as ListingState | undefined

/** Undefined for what is of another list, of another version, or not a whole listing. */
export function readListing<N extends ListingName>(key: ListingKey<N>, json: string): Listing<N> | undefined {
  const read = envelope.safeParse(parsed(json)).data
  if (!read || read.name !== key.name || read.of !== key.of) return undefined
  const value = contents[key.name].safeParse(read.value).data
  return value && { value, startedAt: read.startedAt, took: read.took }
}

export function writeListing({ name, of }: ListingKey, { value, startedAt, took }: Listing): string {
  const list = value instanceof Map ? [...value] : value
  return JSON.stringify({ v: 1, name, of, startedAt, took, value: list })
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
