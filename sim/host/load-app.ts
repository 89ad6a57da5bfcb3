import { Module } from 'node:module'
import { format } from 'node:util'
import type {
  FunctionHandler,
  FunctionMetadata,
  HookCallback,
  HookName,
  LogCategory,
  LogLevel,
  ProgrammingModel,
} from './core-types.ts'

export type RegisteredFunction = FunctionMetadata & { readonly handler: FunctionHandler }

/** What an app registered while it was imported. Several hosts may run the same one. */
export type LoadedApp = {
  readonly model: ProgrammingModel
  readonly functions: ReadonlyMap<string, RegisteredFunction>
  /** Hooks may be disposed of, and added while the app runs, hence a live list. */
  readonly hooks: Readonly<Record<HookName, HookCallback[]>>
}

/**
 * Imports an app and collects what it registers with the real `@azure/functions`.
 *
 * The library asks once per process for `@azure/functions-core`, so all apps of a process share one answer, which
 * hands registrations to the app being imported. Imports therefore run one after the other. Throws when the app
 * registers nothing: a module that Node imported before does not run again.
 */
export async function loadApp(importApp: () => Promise<unknown>): Promise<LoadedApp> {
  supplyCoreModule()
  const turn = shared.queue.then(() => collect(importApp))
  shared.queue = turn.catch(() => undefined)
  return turn
}

const coreModule = '@azure/functions-core'

type Collector = {
  functions: Map<string, RegisteredFunction>
  hooks: Record<HookName, HookCallback[]>
  faults: string[]
}
const shared: { queue: Promise<unknown>; model?: ProgrammingModel; current?: Collector; isSupplied: boolean } = {
  queue: Promise.resolve(),
  isSupplied: false,
}

async function collect(importApp: () => Promise<unknown>): Promise<LoadedApp> {
  const collector: Collector = {
    functions: new Map(),
    hooks: { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [], log: [] },
    faults: [],
  }
  shared.current = collector
  try {
    await importApp()
  } finally {
    delete shared.current
  }
  if (collector.faults.length > 0) throw new Error(collector.faults.join('\n'))
  if (!shared.model || collector.functions.size === 0) throw new Error(nothingRegistered)
  return { model: shared.model, functions: collector.functions, hooks: collector.hooks }
}

const nothingRegistered =
  'The app registered no function. Either it has none, or it was imported in this process before the local host could ' +
  'collect it: load it once and give `app` to every host, or use `importFresh`.'

function supplyCoreModule(): void {
  if (shared.isSupplied) return
  shared.isSupplied = true
  const requireOriginally = Module.prototype.require
  Module.prototype.require = function (this: Module, id: string) {
    return id === coreModule ? coreApi : requireOriginally.call(this, id)
  } as typeof requireOriginally
}

const coreApi = {
  version: '3.9.1',
  hostVersion: '4.1037.0',
  setProgrammingModel: (model: ProgrammingModel) => {
    shared.model = model
  },
  getProgrammingModel: () => shared.model,
  registerFunction: (metadata: FunctionMetadata, handler: FunctionHandler) => {
    const { functions } = collecting(`function "${metadata.name}"`)
    if (functions.has(metadata.name)) throw new Error(`A function with the name "${metadata.name}" exists already.`)
    functions.set(metadata.name, { ...metadata, handler })
    return { dispose: () => functions.delete(metadata.name) }
  },
  registerHook: (name: HookName, callback: HookCallback) => {
    const callbacks = collecting(`hook "${name}"`).hooks[name]
    if (!callbacks) throw new RangeError(`Unrecognized hook "${name}"`)
    callbacks.push(callback)
    return { dispose: () => callbacks.splice(callbacks.indexOf(callback), 1) }
  },
  log: (_level: LogLevel, _category: LogCategory, message: unknown) => {
    // The library says so when an app switches it on; requests would then wait for a proxy that nobody runs.
    if (format(message) === 'HTTP streaming enabled.') {
      shared.current?.faults.push('The local host has no HTTP streaming: leave `enableHttpStream` off.')
    }
  },
}

function collecting(what: string): Collector {
  if (!shared.current) throw new Error(`A ${what} can only be registered while the app is being imported.`)
  return shared.current
}
