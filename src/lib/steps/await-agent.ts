/**
 * Waits until the agent of a host that was off for long has updated itself.
 *
 * An update that failed is told and no more: AVD tries again the next time the host is on (scheduled agent updates,
 * learn.microsoft.com).
 */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { hasFreshHeartbeat, readHost } from './shared/hosts.ts'
import { done, notBegun } from './shared/look.ts'

export const awaitAgent: Step = {
  limits: {
    name: 'awaitAgent',
    timeout: minutes(60),
    maxAttempts: 1,
    pollEvery: seconds(60),
    settle: defaultSettle,
    retryAfter: seconds(60),
  },
  look,
}

const underwayStates: ReadonlySet<string> = new Set(['pending', 'started'])

async function look(context: StepContext): Promise<Look> {
  const read = await readHost(context)
  if (read.kind === 'unread') return read.look
  const { agentVersion, lastHeartbeat, updateState = '' } = read.value
  if (underwayStates.has(updateState.toLowerCase())) return notBegun(read.readAt, `agent update is ${updateState}`)
  // The agent restarts in the middle of an update.
  if (!hasFreshHeartbeat(read.value, context.now)) return notBegun(read.readAt, 'the agent is silent')
  const facts = {
    ...(agentVersion !== undefined && { agentVersion }),
    ...(lastHeartbeat !== undefined && { provenAt: lastHeartbeat }),
  }
  const text = updateState.toLowerCase() === 'failed' ? 'its last update failed' : undefined
  const detail = [`agent ${agentVersion ?? 'of unknown version'}`, ...(text ? [text] : [])].join(', ')
  return { ...done(read.readAt, detail), facts }
}
