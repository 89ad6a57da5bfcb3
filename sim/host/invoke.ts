import { randomUUID } from 'node:crypto'
import { type Millis, spell } from '../../src/lib/core/time.ts'
import { type HostClock, pause } from './clock.ts'
import type { CoreInvocationContext, HookName, RpcInvocationResponse, RpcTypedData } from './core-types.ts'
import type { LoadedApp, RegisteredFunction } from './load-app.ts'
import { type HostLog, messageOf, type Say } from './log.ts'

export type Outcome =
  | { readonly ok: true; readonly response: RpcInvocationResponse }
  | { readonly ok: false; readonly error: unknown }

export type Invoker = {
  /** Never throws: what the function threw is in the outcome. */
  readonly invoke: (
    target: RegisteredFunction,
    input: RpcTypedData,
    triggerMetadata?: Readonly<Record<string, RpcTypedData>>,
  ) => Promise<Outcome>
  readonly runHooks: (name: HookName, context: Record<string, unknown>) => Promise<void>
  /** When nothing runs any more. */
  readonly idle: () => Promise<void>
}

export type InvokerOptions = {
  readonly clock: HostClock
  readonly log: HostLog
  readonly say: Say
  readonly functionTimeout: Millis
  /** Wraps every invocation, so that hosts which share one app can give it a context of their own. */
  readonly around: <T>(run: () => Promise<T>) => Promise<T>
}

/** Runs functions in the order of the Node worker: arguments, pre-invocation hooks, function, post-invocation hooks, response. */
export function createInvoker(app: LoadedApp, options: InvokerOptions): Invoker {
  const appHookData = {}
  const under = new Set<Promise<Outcome>>()
  const withinTimeout = createWorker(options)
  const runHooks = async (name: HookName, context: Record<string, unknown>) => {
    for (const hook of app.hooks[name]) await hook(context)
  }
  const invoke = async (
    target: RegisteredFunction,
    input: RpcTypedData,
    metadata: Readonly<Record<string, RpcTypedData>>,
  ): Promise<Outcome> => {
    try {
      const core = coreContext(app, target, input, metadata, options)
      const run = () => options.around(() => runFunction(app, core, target, runHooks, appHookData))
      return { ok: true, response: await withinTimeout(target.name, run) }
    } catch (error) {
      options.say('error', `Executed '${target.name}' (Failed): ${messageOf(error)}`, target.name)
      return { ok: false, error }
    }
  }

  return {
    runHooks: (name, context) => runHooks(name, { ...context, hookData: {}, appHookData }),
    invoke(target, input, triggerMetadata = {}) {
      const work = invoke(target, input, triggerMetadata).finally(() => under.delete(work))
      under.add(work)
      return work
    },
    async idle() {
      while (under.size > 0) await Promise.all(under)
    },
  }
}

/** The worker process: what it runs fails together when one function runs into its timeout. Its code goes on all the same. */
function createWorker({ clock, say, functionTimeout }: InvokerOptions) {
  const running = new Set<(error: Error) => void>()
  const watch = async (name: string, over: AbortSignal) => {
    if (functionTimeout === Number.POSITIVE_INFINITY) return
    await pause(clock, functionTimeout, over)
    if (over.aborted) return
    say('error', `Timeout value of ${spell(functionTimeout)} exceeded by function '${name}'.`, name)
    // The host restarts the worker (RpcFunctionInvocationDispatcher; read, not observed).
    for (const fail of running) fail(new Error(`the worker was restarted: '${name}' ran into its timeout`))
  }
  return async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const failed = Promise.withResolvers<never>()
    const over = new AbortController()
    running.add(failed.reject)
    watch(name, over.signal).catch(failed.reject)
    try {
      return await Promise.race([run(), failed.promise])
    } finally {
      running.delete(failed.reject)
      over.abort()
    }
  }
}

async function runFunction(
  app: LoadedApp,
  core: CoreInvocationContext,
  target: RegisteredFunction,
  runHooks: Invoker['runHooks'],
  appHookData: object,
): Promise<RpcInvocationResponse> {
  const model = app.model.getInvocationModel(core)
  const { context: invocationContext, inputs } = await model.getArguments()
  const hookData = {}
  const before = { hookData, appHookData, invocationContext, inputs, functionCallback: target.handler }
  core.state = 'preInvocationHooks'
  await runHooks('preInvocation', before)
  core.state = 'invocation'
  const after = { hookData, appHookData, invocationContext, inputs: before.inputs, ...nothingYet }
  try {
    after.result = await model.invokeFunction(invocationContext, before.inputs, before.functionCallback)
  } catch (error) {
    after.error = error
  }
  core.state = 'postInvocationHooks'
  await runHooks('postInvocation', after)
  core.state = undefined
  // As in the worker: a thrown null or undefined is no error.
  if (after.error !== null && after.error !== undefined) throw after.error
  return model.getResponse(invocationContext, after.result)
}

const nothingYet: { result: unknown; error: unknown } = { result: null, error: null }

function coreContext(
  app: LoadedApp,
  target: RegisteredFunction,
  input: RpcTypedData,
  triggerMetadata: Readonly<Record<string, RpcTypedData>>,
  options: InvokerOptions,
): CoreInvocationContext {
  const invocationId = randomUUID()
  const trigger = Object.entries(target.bindings).find(([, binding]) => /trigger$/i.test(binding.type))
  const inputData = [{ name: trigger?.[0] ?? '', data: input }]
  return {
    invocationId,
    request: { invocationId, functionId: target.name, inputData, triggerMetadata },
    metadata: target,
    state: undefined,
    log: (level, category, message) => {
      const line: Record<string, unknown> = { level, category, message, hookData: {} }
      for (const hook of app.hooks.log) hook(line)
      options.log({
        at: options.clock.now(),
        level: line.level as typeof level,
        category: category === 'user' ? 'user' : 'system',
        message: String(line.message),
        functionName: target.name,
        invocationId,
      })
    },
  }
}
