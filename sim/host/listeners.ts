import type { TokenCredential } from '@azure/core-auth'
import { createAzureQueueSource, queueServiceOf } from './azure-queue-source.ts'
import type { TriggeredFunction } from './check-app.ts'
import type { HostClock } from './clock.ts'
import type { QueueSettings } from './host-json.ts'
import type { Invoker } from './invoke.ts'
import type { Say } from './log.ts'
import { type Listener, startQueueListener } from './queue-listener.ts'
import type { QueueSource } from './queue-source.ts'
import type { AppSettings } from './settings.ts'
import { startTimerListener, type TimerListener } from './timer-listener.ts'
import type { TimerStore } from './timer-store.ts'

export type ListenerOptions = {
  readonly clock: HostClock
  readonly settings: AppSettings
  readonly say: Say
  readonly invoker: Invoker
  readonly queues: QueueSettings
  readonly random: () => number
  readonly holder: string
  readonly timerStore: TimerStore
  readonly queueSource: ((queueName: string, connection: string) => QueueSource) | undefined
  readonly credential: TokenCredential | undefined
}

/** One listener for each queue and timer function. */
export function startListeners(functions: readonly TriggeredFunction[], options: ListenerOptions) {
  // All sources first: a connection that is missing must stop the host before a listener runs.
  const starts = functions.map((each) => ({
    each,
    source: each.kind === 'queue' ? sourceOf(each, options) : undefined,
  }))
  const timers = new Map<string, TimerListener>()
  const listeners: Listener[] = []
  for (const { each, source } of starts) {
    const invoke = async (...input: TriggerInput) => (await options.invoker.invoke(each.target, ...input)).ok
    const say: Say = (level, message) => options.say(level, message, each.target.name)
    const { clock, random, queues: settings } = options
    if (each.kind === 'queue' && source) {
      listeners.push(startQueueListener({ queueName: each.queueName, source, settings, clock, random, say, invoke }))
    }
    if (each.kind === 'timer') {
      const timer = startTimerListener({ ...timerOptions(each, options), say, invoke })
      timers.set(each.target.name, timer)
      listeners.push(timer)
    }
  }
  return {
    stop: async (drain: boolean) => {
      await Promise.all(listeners.map((listener) => listener.stop(drain)))
    },
    runTimer: async (name: string): Promise<boolean> => {
      const timer = timers.get(name)
      if (!timer) throw new Error(`There is no timer function "${name}": ${[...timers.keys()].join(', ') || 'none'}.`)
      return timer.run()
    },
  }
}

type TriggerInput = [input: Parameters<Invoker['invoke']>[1], metadata?: Parameters<Invoker['invoke']>[2]]

function timerOptions(each: Extract<TriggeredFunction, { kind: 'timer' }>, options: ListenerOptions) {
  return {
    name: each.target.name,
    schedule: each.schedule,
    runOnStartup: each.runOnStartup,
    holder: options.holder,
    store: options.timerStore,
    clock: options.clock,
  }
}

function sourceOf(each: Extract<TriggeredFunction, { kind: 'queue' }>, options: ListenerOptions): QueueSource {
  if (options.queueSource) return options.queueSource(each.queueName, each.connection)
  return createAzureQueueSource(queueServiceOf(each.connection, options.settings, options.credential), each.queueName)
}
