/**
 * Activity-log alerts of Azure Monitor, in the common alert schema and in the older one of webhooks (learn.microsoft.com,
 * "Common alert schema", "Webhooks for activity log alerts"). Real ones differ in small things, hence all is optional.
 */
import { z } from 'zod'
import type { Instant } from '../../core/time.ts'
import { toldByAction } from './action.ts'
import { hourOf, type Notice, refused, type Told } from './notice.ts'

export const commonSchema = 'azureMonitorCommonAlertSchema'
export const legacySchema = 'Microsoft.Insights/activityLogs'

export function readAlert(body: { readonly schemaId?: unknown }, now: Instant): Notice {
  if (body.schemaId !== commonSchema && body.schemaId !== legacySchema)
    return refused(`has to be ${commonSchema} or ${legacySchema}`, 'schemaId')
  const parsed = body.schemaId === commonSchema ? common.safeParse(body) : legacy.safeParse(body)
  if (parsed.error) {
    const [issue] = parsed.error.issues
    return refused(issue?.message ?? 'cannot be read', issue?.path.map(String).join('.'))
  }
  return { kind: 'told', told: ['entry' in parsed.data ? toldBy(parsed.data, now) : parsed.data] }
}

/** Some senders give a word, some the word with its translation. */
const word = z
  .union([z.string(), z.looseObject({ value: z.string() }).transform(({ value }) => value)])
  .nullish()
  .transform((text) => text ?? '')
const text = z
  .string()
  .nullish()
  .transform((given) => given ?? '')

const entry = z.looseObject({
  operationName: word,
  status: word,
  eventSource: z.union([z.string(), z.number()]).nullish(),
  correlationId: text,
  eventDataId: text,
  resourceId: text,
  authorization: z.looseObject({ scope: text }).nullish(),
  properties: z.looseObject({ entity: text }).nullish(),
})

const common = z
  .looseObject({
    data: z.looseObject({
      essentials: z.looseObject({
        signalType: text,
        monitorCondition: text,
        monitoringService: text,
        originAlertId: text,
        alertTargetIDs: z.array(z.string()).nullish(),
      }),
      alertContext: z.looseObject({}).nullish(),
    }),
  })
  .transform(({ data: { essentials, alertContext } }, context): Told | Entry => {
    const { signalType, monitorCondition, monitoringService, originAlertId, alertTargetIDs } = essentials
    const what = `alert of ${monitoringService || 'an unknown service'}`
    // The word comes with and without its blank.
    if (signalType.replace(/\s/g, '').toLowerCase() !== 'activitylog' || !/administrative/i.test(monitoringService))
      return { kind: 'ignored', what, why: 'It is no administrative activity-log alert.' }
    if (/^resolved$/i.test(monitorCondition)) return { kind: 'ignored', what, why: 'It says that an alert is over.' }
    const parsed = entry.safeParse(alertContext ?? {})
    if (parsed.error) {
      context.addIssue({ code: 'custom', message: 'is no entry of the activity log', path: ['data', 'alertContext'] })
      return z.NEVER
    }
    return { entry: parsed.data, originAlertId, target: alertTargetIDs?.[0] ?? '' }
  })

const legacy = z
  .looseObject({ data: z.looseObject({ context: z.looseObject({ activityLog: entry }) }) })
  .transform(({ data }): Told | Entry => {
    const { activityLog } = data.context
    const { eventSource } = activityLog
    if (typeof eventSource === 'string' && !/^administrative$/i.test(eventSource))
      return { kind: 'ignored', what: `alert of ${eventSource}`, why: 'It is no administrative activity-log alert.' }
    return { entry: activityLog, originAlertId: '', target: '' }
  })

type Entry = {
  readonly entry: z.output<typeof entry>
  readonly originAlertId: string
  readonly target: string
}

function toldBy({ entry, originAlertId, target }: Entry, now: Instant): Told {
  const { operationName, status, correlationId, eventDataId, resourceId, authorization, properties } = entry
  return toldByAction({
    source: 'activityLog',
    operation: operationName,
    resource: authorization?.scope || resourceId || properties?.entity || target,
    status,
    correlation: correlationId || originAlertId || eventDataId || hourOf(now),
  })
}
