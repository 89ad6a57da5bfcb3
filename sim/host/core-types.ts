/**
 * The part of the built-in module `@azure/functions-core` that the library `@azure/functions` 4.16 uses.
 * Source: types-core/index.d.ts of github.com/Azure/azure-functions-nodejs-worker.
 */
export type RpcTypedData = {
  readonly string?: string
  readonly json?: string
  readonly bytes?: Uint8Array
  readonly int?: number
  readonly http?: RpcHttp
}

type NullableMap = Readonly<Record<string, { readonly value: string }>>

export type RpcHttp = {
  readonly method?: string
  readonly url?: string
  readonly nullableHeaders?: NullableMap
  readonly nullableQuery?: NullableMap
  readonly nullableParams?: NullableMap
  readonly body?: RpcTypedData
  readonly statusCode?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly RpcCookie[]
}

export type RpcCookie = {
  readonly name: string
  readonly value: string
  readonly domain?: { readonly value: string }
  readonly path?: { readonly value: string }
  readonly expires?: { readonly value: { readonly seconds: number } }
  readonly secure?: { readonly value: boolean }
  readonly httpOnly?: { readonly value: boolean }
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone'
  readonly maxAge?: { readonly value: number }
}

export type Binding = { readonly type: string; readonly direction: 'in' | 'out'; readonly [property: string]: unknown }

export type FunctionMetadata = {
  readonly name: string
  readonly bindings: Readonly<Record<string, Binding>>
  readonly retryOptions?: unknown
}

export type RpcInvocationRequest = {
  readonly invocationId: string
  readonly functionId: string
  readonly inputData: readonly { readonly name: string; readonly data: RpcTypedData }[]
  readonly triggerMetadata: Readonly<Record<string, RpcTypedData>>
}

export type RpcInvocationResponse = {
  readonly returnValue?: RpcTypedData | null
  readonly outputData?: readonly { readonly name: string; readonly data: RpcTypedData }[]
}

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none'
export type LogCategory = 'user' | 'system' | 'customMetric'

export type CoreInvocationContext = {
  readonly invocationId: string
  readonly request: RpcInvocationRequest
  readonly metadata: FunctionMetadata
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined
  readonly log: (level: LogLevel, category: LogCategory, message: string) => void
}

export type FunctionHandler = (...inputs: unknown[]) => unknown

export type InvocationModel = {
  readonly getArguments: () => Promise<{ readonly context: unknown; readonly inputs: unknown[] }>
  readonly invokeFunction: (context: unknown, inputs: unknown[], handler: FunctionHandler) => Promise<unknown>
  readonly getResponse: (context: unknown, result: unknown) => Promise<RpcInvocationResponse>
}

export type ProgrammingModel = { readonly getInvocationModel: (context: CoreInvocationContext) => InvocationModel }

export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log'
/** Hook contexts differ by hook; the library wraps each in a class of its own. */
export type HookCallback = (context: Record<string, unknown>) => unknown
