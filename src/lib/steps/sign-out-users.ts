/** Signs out everybody who is still on a drained host, and proves it with a listing begun afterwards. */
import { type Instant, minutes, seconds } from '../core/time.ts'
import type { Begun, Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { countSessions, readHost, readSessions } from './shared/hosts.ts'
import { done, notBegun, underway } from './shared/look.ts'
import { listingInterval, wantedForBegin } from './shared/read.ts'
import { begunOfAll, refusedBy, sendEach } from './shared/write.ts'

export const signOutUsers: Step = {
  limits: {
    name: 'signOutUsers',
    timeout: minutes(10),
    maxAttempts: 10,
    pollEvery: seconds(10),
    firstLookAfter: seconds(10),
    // Shorter than the default: on a drained host a late or a second sign-out finds the same session or none, and that is a success.
    settle: seconds(10),
    retryAfter: seconds(10),
  },
  look,
  begin,
}

/** A sign-out takes up to a minute and the list shows it half a minute later: before that, asking again only costs writes. */
const askAgainAfter = seconds(100)

/** More than that wait for the next attempt, so that one begin stays within `beginBudget`. */
const sessionsPerBegin = 50

async function look(context: StepContext): Promise<Look> {
  const read = await readSessions(context)
  if (read.kind === 'unread') return read.look
  const n = read.value.length
  if (n === 0) return (await isConfirmed(context, read.readAt)) ? done(read.readAt) : seenEmpty(read.readAt)
  const left = `${countSessions(n)} left`
  const { begunAt } = context
  const wereAllAsked = begunAt !== undefined && n <= sessionsPerBegin
  return wereAllAsked && read.readAt < begunAt + askAgainAfter
    ? underway(read.readAt, left)
    : notBegun(read.readAt, left)
}

/**
 * Entries slip through between the pages of a list, and whoever is overlooked meets a locked profile: the host's own
 * count has to say so, too, or else a second listing.
 */
async function isConfirmed(context: StepContext, readAt: Instant): Promise<boolean> {
  if (typeof context.memo.emptyAt === 'number' && context.memo.emptyAt < readAt) return true
  const host = await readHost(context)
  return host.kind === 'read' && host.value.sessions === 0
}

const seenEmpty = (readAt: Instant): Look => ({
  ...underway(readAt, 'nobody is listed, and the host still counts sessions: one more listing is waited for'),
  lookAfter: listingInterval,
  memo: { emptyAt: readAt },
})

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const read = await readSessions(context, wantedForBegin(context))
  if (read.kind === 'unread') return refusedBy(read.look)
  const some = read.value.slice(0, sessionsPerBegin)
  return begunOfAll(await sendEach(some, ({ id }) => context.gateways.avd.signOut(id, fence)))
}
