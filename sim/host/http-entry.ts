import type { HttpTrigger } from './check-app.ts'
import type { RpcHttp, RpcTypedData } from './core-types.ts'
import { responseOf } from './http-response.ts'
import type { Outcome } from './invoke.ts'
import { type AccessKeys, isAuthorized } from './keys.ts'
import type { RegisteredFunction } from './load-app.ts'
import { compareRoutes, matchRoute, parseRoute } from './routes.ts'

/** FUNCTIONS_REQUEST_BODY_SIZE_LIMIT, learn.microsoft.com: 104,857,600 bytes. */
export const largestBody = 104_857_600

export type HttpRequestParts = {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: Uint8Array
}
export type HttpEntry = (request: HttpRequestParts) => Promise<Response>

export type HttpFunction = HttpTrigger & { readonly target: RegisteredFunction }

/** Answers a request as the host does: 404, then 401, then 413, then the function. */
export function createHttpEntry(options: {
  readonly functions: readonly HttpFunction[]
  readonly routePrefix: string
  readonly keys: AccessKeys
  readonly invoke: (target: RegisteredFunction, input: RpcTypedData) => Promise<Outcome>
}): HttpEntry {
  const { keys } = options
  const prefix = parseRoute(options.routePrefix)
  const functions = options.functions
    .map((each) => ({ ...each, route: [...prefix, ...each.route] }))
    .sort((a, b) => compareRoutes(a.route, b.route))

  return async (request) => {
    const path = request.url.pathname.slice(1)
    if (/^admin(\/|$)/i.test(path)) return empty(adminStatus(path, keys, request))
    const found = find(functions, request.method, path)
    if (!found) return empty(404)
    const { target, level, parameters } = found
    if (!isAuthorized(level, target.name, keys, request.headers, request.url.searchParams)) return empty(401)
    if (request.body.byteLength > largestBody) return empty(413)
    const outcome = await options.invoke(target, { http: rpcRequest(request, parameters) })
    return outcome.ok ? responseOf(outcome.response.returnValue?.http) : empty(500)
  }
}

const empty = (status: number): Response => new Response(null, { status, headers: { 'content-length': '0' } })

/** The host's own door: `ping` is open, the rest wants the master key and is not simulated. */
function adminStatus(path: string, keys: AccessKeys, request: HttpRequestParts): number {
  if (/^admin\/host\/ping$/i.test(path)) return 200
  return isAuthorized('admin', '', keys, request.headers, request.url.searchParams) ? 404 : 401
}

function find(functions: readonly HttpFunction[], method: string, path: string) {
  for (const each of functions) {
    if (!each.methods.includes(method.toUpperCase())) continue
    const parameters = matchRoute(each.route, path)
    if (parameters) return { ...each, parameters }
  }
  return undefined
}

/** Values of one name are joined by a comma, as StringValues.ToString does in the host. */
function rpcRequest(request: HttpRequestParts, parameters: Readonly<Record<string, string>>): RpcHttp {
  const query = Object.fromEntries(
    [...new Set(request.url.searchParams.keys())].map((key) => [key, request.url.searchParams.getAll(key).join(',')]),
  )
  return {
    method: request.method.toUpperCase(),
    url: request.url.href,
    nullableHeaders: nullable(Object.fromEntries(request.headers)),
    nullableQuery: nullable(query),
    nullableParams: nullable(parameters),
    ...(request.body.byteLength > 0 && { body: { bytes: request.body } }),
  }
}

const nullable = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }]))
