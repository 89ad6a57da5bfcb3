/** The one way into the app over HTTP: key, then body, then work; and no way out for a stack trace. */
import type { z } from 'zod'
import type { Log } from '../core/log.ts'
import { authorize, type Caller, type Right } from './caller.ts'
import { PlanUnusable, problem, type Reply } from './problem.ts'
import { type Body, type BodyLimits, readBody } from './read-body.ts'
import { operationId, problemsIn } from './requests.ts'

/** What the edge needs of the app. */
export type EdgeApp = {
  readonly log: Log
  /** Storage is there, and its time is known. */
  readonly ready: () => Promise<void>
  /** Never rejects. */
  readonly sweepIfDue: () => Promise<void>
}

export type EdgeRequest = Body & { readonly query: URLSearchParams; readonly params: Readonly<Record<string, string>> }

/** Of the platform: names one invocation in its logs and takes a line where the app itself does not start. */
export type EdgeContext = { readonly invocationId: string; readonly error: (message: string) => void }

export type Call<A, T> = {
  readonly app: A
  readonly caller: Caller
  readonly body: T
  /** Of an operation, where the route has one; it need not exist. */
  readonly id: string
  readonly query: URLSearchParams
}

export type Route<A, S extends z.ZodType> = {
  readonly app: () => A
  readonly right: Right
  /** Of the body, where the route takes one. */
  readonly body?: S
  /** Of the body; without them those of what people ask. */
  readonly limits?: BodyLimits
  readonly handle: (call: Call<A, z.output<S>>) => Promise<Reply>
}

export const edge =
  <A extends EdgeApp, S extends z.ZodType>(route: Route<A, S>) =>
  async (request: EdgeRequest, context: EdgeContext): Promise<Reply> => {
    try {
      return await answer(route, request)
    } catch (error) {
      return failed(route, error, context)
    }
  }

async function answer<A extends EdgeApp, S extends z.ZodType>(
  { app, right, body: schema, limits, handle }: Route<A, S>,
  request: EdgeRequest,
): Promise<Reply> {
  const caller = authorize(request, right)
  if (!caller) return problem(401, 'unauthorized', 'Send a function key in the header x-functions-key.')
  const { id = '' } = request.params
  if ('id' in request.params && !operationId.test(id)) return unknownOperation
  const read = schema ? await readBody(request, limits) : { ok: true as const, value: undefined }
  if (!read.ok) return read.reply
  const parsed = schema?.safeParse(read.value)
  if (parsed?.error) return invalid(problemsIn(parsed.error))
  const running = app()
  await running.ready()
  const reply = await handle({ app: running, caller, body: parsed?.data as z.output<S>, id, query: request.query })
  // Not waited for: the caller has his answer.
  if (reply.status < 400) void running.sweepIfDue()
  return reply
}

export const unknownOperation = problem(404, 'unknownOperation', 'No operation has this id.')

export const invalid = (problems: readonly { readonly path: string; readonly message: string }[]): Reply =>
  problem(400, 'invalidRequest', problems.map(({ path, message }) => `${path || 'body'}: ${message}`).join('; '), {
    problems,
  })

/** Everything about an error goes to the log; the caller gets what he can act upon, and the invocation's id. */
function failed({ app }: { readonly app: () => EdgeApp }, error: unknown, context: EdgeContext): Reply {
  if (error instanceof PlanUnusable) return problem(422, 'planUnusable', error.message, { problems: error.problems })
  const correlationId = context.invocationId
  const [name, message, stack] = error instanceof Error ? [error.name, error.message, error.stack] : ['', String(error)]
  try {
    app().log.error('request failed', { correlationId, error: name, message, stack })
  } catch {
    context.error(`request failed: ${message}`)
  }
  if (name === 'StorageAway')
    return problem(503, 'storageAway', 'Try again in a few seconds.', { correlationId }, { 'retry-after': '5' })
  if (name === 'UnreadableRow')
    return problem(500, 'unreadableRow', 'It is damaged, or written by a newer version; the log says which.', {
      correlationId,
    })
  return problem(500, 'internal', 'The log tells more under the correlation id.', { correlationId })
}
