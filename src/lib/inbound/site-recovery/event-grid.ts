/**
 * Events of an Azure subscription from Event Grid, in its own schema: arrays of events, and the handshake by which it makes
 * sure that somebody wants them (learn.microsoft.com, "Azure subscription as an Event Grid source", "Webhook event delivery").
 */
import { z } from 'zod'
import { toldByAction } from './action.ts'
import { type Notice, refused, type Told } from './notice.ts'

export function readEvents(body: readonly unknown[]): Notice {
  if (body.length === 0) return refused('holds no event')
  const parsed = z.array(gridEvent).safeParse(body)
  if (parsed.error) {
    const [issue] = parsed.error.issues
    return refused(issue?.message ?? 'cannot be read', issue?.path.map(String).join('.'))
  }
  const handshake = parsed.data.find(({ eventType }) => eventType === 'Microsoft.EventGrid.SubscriptionValidationEvent')
  if (!handshake) return { kind: 'told', told: parsed.data.map(toldBy) }
  const { validationCode } = handshake.data
  return validationCode ? { kind: 'handshake', validationCode } : refused('is needed', '0.data.validationCode')
}

const text = z
  .string()
  .nullish()
  .transform((given) => given ?? '')

const gridEvent = z.looseObject({
  id: z.string({ error: 'is needed: the id of the event' }).min(1),
  eventType: z.string({ error: 'is needed: the type of the event' }).min(1),
  subject: text,
  data: z.looseObject({
    validationCode: z.string().max(1_000).exactOptional(),
    operationName: text,
    resourceUri: text,
    correlationId: text,
    status: text,
  }),
})

function toldBy({ id, eventType, subject, data }: z.output<typeof gridEvent>): Told {
  const [, outcome] = /^Microsoft\.Resources\.ResourceAction(Success|Failure|Cancel)$/.exec(eventType) ?? []
  if (outcome === undefined) return { kind: 'ignored', what: eventType, why: 'It tells of no action on a resource.' }
  return toldByAction({
    source: 'eventGrid',
    operation: data.operationName,
    resource: data.resourceUri || subject,
    // The type decides: the status has been seen in several spellings.
    status: { Success: 'Succeeded', Failure: 'Failed', Cancel: 'Canceled' }[outcome] ?? data.status,
    correlation: data.correlationId || id,
  })
}
