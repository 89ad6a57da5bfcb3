/** Who asks. Another way of proving it (tokens, approvals) changes this file and nothing else. */

/** What a route does: look, or change something. */
export type Right = 'reading' | 'changing'

export type Caller = {
  /** Recorded with everything this caller asks for. */
  readonly name: string
  readonly right: Right
}

type Credentials = { readonly headers: Headers; readonly query: URLSearchParams }

/**
 * The platform has compared the key with the function's own keys before it calls us (authLevel `function`): one key
 * opens the reading functions, another the changing ones. See docs/decisions/0006-function-keys.md.
 *
 * A request without any key cannot have come through that check, so the wall is down and nobody is let in. Headers a
 * caller could write himself, such as `x-ms-client-principal-name`, are never believed.
 */
export function authorize(request: Credentials, right: Right): Caller | undefined {
  const key = request.headers.get('x-functions-key') ?? request.query.get('code')
  return key ? { name: `key:${right}`, right } : undefined
}
