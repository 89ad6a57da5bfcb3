import type { Binding } from './core-types.ts'
import type { AuthLevel } from './keys.ts'
import type { LoadedApp, RegisteredFunction } from './load-app.ts'
import { readNcrontab, type Schedule } from './ncrontab.ts'
import { parseRoute, type RouteTemplate } from './routes.ts'
import { type AppSettings, resolveSettings } from './settings.ts'

export type TriggeredFunction = { readonly target: RegisteredFunction } & (
  | HttpTrigger
  | { readonly kind: 'queue'; readonly queueName: string; readonly connection: string }
  | { readonly kind: 'timer'; readonly schedule: Schedule; readonly runOnStartup: boolean }
)

export type HttpTrigger = {
  readonly kind: 'http'
  readonly methods: readonly string[]
  readonly level: AuthLevel
  /** Without the prefix. */
  readonly route: RouteTemplate
}

/** What triggers each function. Throws one error that names everything the local host cannot run as Azure would. */
export function checkApp(app: LoadedApp, settings: AppSettings): readonly TriggeredFunction[] {
  const faults: string[] = []
  const functions = [...app.functions.values()].flatMap((target) => {
    try {
      return [triggered(target, settings)]
    } catch (error) {
      faults.push(`Function "${target.name}": ${error instanceof Error ? error.message : error}`)
      return []
    }
  })
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return functions
}

function triggered(target: RegisteredFunction, settings: AppSettings): TriggeredFunction {
  const bindings = Object.entries(target.bindings)
  const [, trigger] = bindings.find(([, binding]) => /trigger$/i.test(binding.type)) ?? []
  for (const [name, binding] of bindings) {
    const isAnswer = name === '$return' && binding.type === 'http'
    if (binding !== trigger && !isAnswer) throw new Error(`the local host has no binding of type "${binding.type}".`)
  }
  if (target.retryOptions)
    throw new Error('the local host has no retry policies: a queue retries by itself, a timer comes again.')
  switch (trigger?.type) {
    case 'httpTrigger':
      return { target, ...httpOf(trigger, target.name) }
    case 'queueTrigger':
      return {
        kind: 'queue',
        target,
        queueName: checkQueueName(resolveSettings(text(trigger, 'queueName'), settings)),
        connection: text(trigger, 'connection', 'AzureWebJobsStorage'),
      }
    case 'timerTrigger':
      return { kind: 'timer', target, ...timerOf(trigger, settings) }
    default:
      throw new Error(`the local host has no trigger of type "${trigger?.type}".`)
  }
}

function httpOf(trigger: Binding, name: string): HttpTrigger {
  const { authLevel, methods, route } = trigger
  if (authLevel !== 'anonymous' && authLevel !== 'function' && authLevel !== 'admin') {
    throw new Error(`its authLevel "${authLevel}" is unknown.`)
  }
  return {
    kind: 'http',
    level: authLevel,
    methods: Array.isArray(methods) ? methods.map((method) => String(method).toUpperCase()) : [],
    route: parseRoute(typeof route === 'string' ? route : name),
  }
}

function timerOf(trigger: Binding, settings: AppSettings) {
  const zone = settings.WEBSITE_TIME_ZONE ?? settings.TZ ?? 'UTC'
  if (!/^(Etc\/)?UTC$/i.test(zone)) throw new Error(`schedules run in UTC here, not in ${zone}.`)
  return {
    schedule: readNcrontab(resolveSettings(text(trigger, 'schedule'), settings)),
    runOnStartup: trigger.runOnStartup === true,
  }
}

/** Naming Queues and Metadata, learn.microsoft.com. */
function checkQueueName(name: string): string {
  if (/^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return name
  throw new Error(`"${name}" is not a queue name: 3 to 63 lower-case letters, digits and single dashes.`)
}

function text(binding: Binding, property: string, fallback?: string): string {
  const value = binding[property] ?? fallback
  if (typeof value === 'string' && value !== '') return value
  throw new Error(`its trigger has no ${property}.`)
}
