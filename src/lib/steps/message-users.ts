/** Tells the people on a host what is about to happen. At most once: a message leaves no trace to look at, and twice is worse than not at all. */
import { minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { countSessions, readSessions } from './shared/hosts.ts'
import { done, notBegun } from './shared/look.ts'
import { wantedForBegin } from './shared/read.ts'
import { begunOfAll, refusedBy, sendEach } from './shared/write.ts'

export const messageUsers: Step = {
  limits: {
    name: 'messageUsers',
    timeout: minutes(3),
    maxAttempts: 1,
    pollEvery: seconds(10),
    firstLookAfter: seconds(1),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look,
  begin,
}

async function look(context: StepContext): Promise<Look> {
  if (context.attempt > 0) return done(context.now)
  const read = await readSessions(context)
  if (read.kind === 'unread') return read.look
  const n = read.value.length
  return n === 0 ? done(read.readAt, 'nobody to tell') : notBegun(read.readAt, countSessions(n))
}

/** As many messages as the host has sessions: the pool's session limit bounds them. */
async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const read = await readSessions(context, wantedForBegin(context))
  if (read.kind === 'unread') return refusedBy(read.look)
  const { title, body } = context.spec.message
  return begunOfAll(await sendEach(read.value, ({ id }) => context.gateways.avd.sendMessage(id, title, body, fence)))
}
