/** Which of the bodies that may come this is. */
import { createHash } from 'node:crypto'
import type { Instant } from '../../core/time.ts'
import type { SiteRecoveryEvent } from '../../ports/follow-ups.ts'
import { commonSchema, legacySchema, readAlert } from './activity-log.ts'
import { readEvents } from './event-grid.ts'
import { type Notice, refused, type Told } from './notice.ts'
import { readContext } from './recovery-plan-context.ts'

export function readNotice(body: unknown, now: Instant): Notice {
  if (Array.isArray(body)) return readEvents(body)
  if (typeof body !== 'object' || body === null) return refused('has to be an object, or an array of events')
  if ('schemaId' in body) return readAlert(body, now)
  if ('RecoveryPlanName' in body || 'FailoverType' in body) return readContext(body, now)
  if ('specversion' in body) return refused("is a CloudEvent: subscribe with Event Grid's own schema", 'specversion')
  return refused(
    `is none of these: the RecoveryPlanContext of a runbook, an alert (${commonSchema}, ${legacySchema}), events of Event Grid`,
  )
}

export const eventOf = ({ event, sameAs }: Extract<Told, { kind: 'event' }>, now: Instant): SiteRecoveryEvent => ({
  ...event,
  id: createHash('sha256')
    .update(JSON.stringify([event.source === 'recoveryPlan', ...sameAs]))
    .digest('hex')
    .slice(0, 32),
  receivedAt: now,
  settled: [],
})
