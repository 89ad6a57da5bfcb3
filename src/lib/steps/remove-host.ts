/**
 * Takes the record of a host whose registration has lapsed out of its pool, so that a new machine can register under its name.
 *
 * Never a host with sessions, never by force, and never one whose VM runs: somebody may be repairing it by hand. A host that
 * turns out to be alive is left alone.
 */
import type { Fault } from '../core/fault.ts'
import { type Instant, minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { countSessions, hasFreshHeartbeat, readSessions } from './shared/hosts.ts'
import { done, faulted, notBegun, underway } from './shared/look.ts'
import { readPower } from './shared/power.ts'
import { listingInterval, type Read, readListing, wantedForBegin, wantedSince } from './shared/read.ts'
import { hostNameOf, poolOf, vmIdOf } from './shared/subject.ts'
import { begunOf, refused, refusedBy } from './shared/write.ts'

export const removeHost: Step = {
  limits: {
    name: 'removeHost',
    timeout: minutes(10),
    maxAttempts: 3,
    pollEvery: seconds(15),
    settle: defaultSettle,
    retryAfter: seconds(60),
  },
  look,
  begin,
}

async function look(context: StepContext): Promise<Look> {
  const pool = poolOf(context)
  const { goneAt } = context.memo
  const newer = typeof goneAt === 'number' ? Math.max(wantedSince(context), goneAt + 1) : wantedSince(context)
  const read = await readListing(context, newer, (since) => context.fleet.sessionHosts(pool, since))
  if (read.kind === 'unread') return read.look
  const host = read.value.get(hostNameOf(context).toLowerCase())
  if (!host) return typeof goneAt === 'number' ? done(read.readAt) : notListed(read.readAt)
  const { lastHeartbeat } = host
  if (lastHeartbeat !== undefined && hasFreshHeartbeat(host, context.now))
    return {
      ...done(read.readAt, 'is alive: needs no repair'),
      isEnough: true,
      facts: { provenAt: lastHeartbeat, found: 'running' },
    }
  const safe = await safety(context, wantedSince(context))
  if (safe.kind === 'unread') return safe.look
  const readAt = Math.min(read.readAt, safe.readAt)
  return { ...(safe.value ? faulted(readAt, safe.value) : notBegun(readAt)), memo: { goneAt: false } }
}

/** Entries slip through between the pages of a list: gone is what a second, newer listing does not have either. */
const notListed = (readAt: Instant): Look => ({
  ...underway(readAt, 'is not listed: one more listing is waited for'),
  lookAfter: listingInterval,
  memo: { goneAt: readAt },
})

/** Why the host must not be removed; undefined: it may be. A VM that is not there endangers nobody. */
async function safety(context: StepContext, since: Instant): Promise<Read<Fault | undefined>> {
  const [power, sessions] = await Promise.all([
    readPower(context, vmIdOf(context), since),
    readSessions(context, since),
  ])
  if (sessions.kind === 'unread') return sessions
  const n = sessions.value.length
  if (n > 0) return { ...sessions, value: never(`${hostNameOf(context)} still has ${countSessions(n)}`) }
  if (power.kind === 'unread') return isMissing(power.look) ? { ...sessions, value: undefined } : power
  const readAt = Math.min(power.readAt, sessions.readAt)
  if (power.value === 'deallocated' || power.value === 'stopped') return { kind: 'read', value: undefined, readAt }
  const message = `the VM of ${hostNameOf(context)} is ${power.value}: somebody may be at work on it`
  return { kind: 'read', value: never(message), readAt }
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const safe = await safety(context, wantedForBegin(context))
  if (safe.kind === 'unread') return refusedBy(safe.look)
  if (safe.value) return refused(safe.value)
  return begunOf(await context.gateways.avd.removeSessionHost(poolOf(context), hostNameOf(context), fence))
}

const isMissing = ({ seen }: Look): boolean => seen.kind === 'couldNotLook' && seen.fault.code === 'notFound'

const never = (message: string): Fault => ({ code: 'conflict', message, retryable: false })
