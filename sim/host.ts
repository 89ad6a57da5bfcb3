import { randomUUID } from 'node:crypto'
import type { TokenCredential } from '@azure/core-auth'
import { checkApp, type TriggeredFunction } from './host/check-app.ts'
import { type HostClock, realClock } from './host/clock.ts'
import { readHostJson } from './host/host-json.ts'
import { createHttpEntry, type HttpEntry } from './host/http-entry.ts'
import { type HttpServer, startHttpServer } from './host/http-server.ts'
import { createInvoker, type Invoker } from './host/invoke.ts'
import type { AccessKeys } from './host/keys.ts'
import { startListeners } from './host/listeners.ts'
import { type LoadedApp, loadApp } from './host/load-app.ts'
import type { HostLog, Say } from './host/log.ts'
import type { QueueSource } from './host/queue-source.ts'
import { type AppSettings, isDisabled } from './host/settings.ts'
import { createTimerStore, type TimerStore } from './host/timer-store.ts'

export type LocalHostOptions = {
  /** Imports the app; runs once, at the first start. */
  readonly importApp?: () => Promise<unknown>
  /** Instead: an app loaded before by `loadApp`, for several hosts that run the same one. */
  readonly app?: LoadedApp
  /** Path of host.json, or its content. */
  readonly hostJson?: string | object
  /** App settings; the environment by default. */
  readonly settings?: AppSettings
  readonly keys?: AccessKeys
  readonly clock?: HostClock
  readonly log?: HostLog
  /** [0, 1): the jitter of the polling. */
  readonly random?: () => number
  /** Cores of an instance: the default newBatchThreshold grows with them. 1, as on the Consumption plan. */
  readonly cores?: number
  /** Instead of Azure Storage. `connection` is the name of the app setting. */
  readonly queueSource?: (queueName: string, connection: string) => QueueSource
  /** For `<connection>__queueServiceUri`. */
  readonly credential?: TokenCredential
  /** Shared by the instances of an app; without it the host has its own. */
  readonly timerStore?: TimerStore
  /** Wraps every invocation (for example in an AsyncLocalStorage), so that hosts sharing an app can differ. */
  readonly around?: <T>(run: () => Promise<T>) => Promise<T>
}

export type LocalHost = {
  readonly start: () => Promise<void>
  /** `drain` waits for what runs; without it the host goes as if killed: messages and timer leases stay taken. */
  readonly stop: (options: { readonly drain: boolean }) => Promise<void>
  /** A request without a network; `url` may be a path. */
  readonly request: (
    method: string,
    url: string,
    init?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Uint8Array },
  ) => Promise<Response>
  /** Serves on 127.0.0.1 and answers the port; 0 takes a free one. */
  readonly listen: (port?: number) => Promise<number>
  /** Runs a timer function now. Whether it succeeded. */
  readonly runTimer: (functionName: string) => Promise<boolean>
  readonly functionNames: () => readonly string[]
}

type Running = {
  readonly entry: HttpEntry
  readonly functions: readonly TriggeredFunction[]
  readonly invoker: Invoker
  readonly listeners: ReturnType<typeof startListeners>
}

/**
 * Runs the functions of an Azure Functions v4 (Node) app without the Functions host, as host 4.1037 was seen to.
 * What differs from Azure is in docs/simulator.md.
 */
export function createLocalHost(options: LocalHostOptions): LocalHost {
  let running: Running | undefined
  let app: LoadedApp | undefined = options.app
  const servers: HttpServer[] = []
  const started = (): Running => {
    if (!running) throw new Error('The local host is not started.')
    return running
  }
  return {
    async start() {
      if (running) throw new Error('The local host is started already.')
      app ??= options.importApp && (await loadApp(options.importApp))
      if (!app) throw new Error('The local host needs `importApp` or `app`.')
      running = await startHost(app, options)
    },
    async stop({ drain }) {
      if (!running) return
      const { listeners, invoker } = running
      await Promise.all(servers.splice(0).map((server) => server.close(drain)))
      await listeners.stop(drain)
      running = undefined
      if (!drain) return
      await invoker.idle()
      await invoker.runHooks('appTerminate', {})
    },
    async request(method, url, init = {}) {
      const body = typeof init.body === 'string' ? new TextEncoder().encode(init.body) : (init.body ?? new Uint8Array())
      return started().entry({
        method,
        url: new URL(url, 'http://localhost'),
        headers: new Headers(init.headers),
        body,
      })
    },
    async listen(port = 0) {
      const server = await startHttpServer(started().entry, port)
      servers.push(server)
      return server.port
    },
    runTimer: async (functionName) => started().listeners.runTimer(functionName),
    functionNames: () => started().functions.map(({ target }) => target.name),
  }
}

async function startHost(app: LoadedApp, options: LocalHostOptions): Promise<Running> {
  const { clock = realClock, log = () => undefined, settings = process.env } = options
  const host = readHostJson(options.hostJson, options.cores ?? 1)
  const say: Say = (level, message, functionName) =>
    log({ at: clock.now(), level, category: 'host', message, ...(functionName !== undefined && { functionName }) })
  const functions = checkApp(app, settings).filter(({ target }) => !isDisabled(target.name, settings))
  const invoker = createInvoker(app, {
    clock,
    log,
    say,
    functionTimeout: host.functionTimeout,
    around: options.around ?? ((run) => run()),
  })
  const entry = createHttpEntry({
    functions: functions.filter((each) => each.kind === 'http'),
    routePrefix: host.routePrefix,
    keys: options.keys ?? {},
    invoke: invoker.invoke,
  })
  await invoker.runHooks('appStart', {})
  const listeners = startListeners(functions, {
    clock,
    settings,
    say,
    invoker,
    queues: host.queues,
    random: options.random ?? Math.random,
    holder: randomUUID(),
    timerStore: options.timerStore ?? createTimerStore(clock),
    queueSource: options.queueSource,
    credential: options.credential,
  })
  return { entry, functions, invoker, listeners }
}
