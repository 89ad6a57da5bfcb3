import type { SimRequest } from './types.ts'

export type RawRequest = {
  readonly method: string
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * What Resource Manager makes of a request. The bearer token reads `sim:<object id>`; any other caller is nobody
 * (principal '') and gets a 401. A body that is not JSON stays a string.
 */
export function toSimRequest(raw: RawRequest): SimRequest {
  const url = new URL(raw.url, 'https://localhost')
  const query: Record<string, string> = {}
  for (const [name, value] of url.searchParams) query[name.toLowerCase()] = value
  const body = raw.body ? parse(raw.body) : undefined
  return {
    method: raw.method.toUpperCase() as SimRequest['method'],
    path: url.pathname.replace(/\/{2,}/g, '/'),
    query,
    headers: raw.headers,
    principal: principalOf(raw.headers.authorization),
    ...(body === undefined ? {} : { body }),
  }
}

/** Bearer token of a principal of the simulated tenant. */
export const tokenOf = (objectId: string): string => `sim:${objectId}`

function principalOf(authorization: string | undefined): string {
  return /^bearer sim:(.+)$/i.exec(authorization ?? '')?.[1] ?? ''
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
