import type { Provider, Route, SimRequest } from './types.ts'

export type Match = {
  readonly route: Route
  readonly provider: Provider
  readonly params: Readonly<Record<string, string>>
}
type Compiled = {
  readonly route: Route
  readonly provider: Provider
  readonly pattern: RegExp
  readonly names: readonly string[]
}

/**
 * Finds the operation a request means. Letter case of the path does not matter; parameters are URL-decoded and keep the
 * letter case they were sent in. The last `/providers/<namespace>` of a path decides which provider is asked.
 */
export function createRouter(providers: readonly Provider[]): {
  readonly match: (request: SimRequest) => Match | undefined
  readonly namespaceOf: (path: string) => Provider | undefined
} {
  const byNamespace = new Map<string, Compiled[]>()
  for (const provider of providers) {
    for (const route of provider.routes) {
      const key = `${route.method} ${namespaceIn(route.path)}`
      const known = byNamespace.get(key) ?? []
      known.push(compile(route, provider))
      byNamespace.set(key, known)
    }
  }
  const owners = new Map(providers.map((provider) => [provider.namespace.toLowerCase(), provider]))

  return {
    namespaceOf: (path) => owners.get(namespaceIn(path)),
    match(request) {
      for (const { route, provider, pattern, names } of byNamespace.get(
        `${request.method} ${namespaceIn(request.path)}`,
      ) ?? []) {
        const found = pattern.exec(request.path)
        if (found) return { route, provider, params: paramsOf(names, found) }
      }
      return undefined
    },
  }
}

/** Lower case; '' for paths of Resource Manager itself. */
export const namespaceIn = (path: string): string => /.*\/providers\/([^/]+)/i.exec(path)?.[1]?.toLowerCase() ?? ''

function compile(route: Route, provider: Provider): Compiled {
  const names: string[] = []
  const source = route.path
    .split('/')
    .map((segment) => {
      const name = /^\{(\w+)(\*?)\}$/.exec(segment)
      if (!name?.[1]) return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      names.push(name[1])
      return name[2] ? '(.+)' : '([^/]+)'
    })
    .join('/')
  return { route, provider, names, pattern: new RegExp(`^${source}/?$`, 'i') }
}

function paramsOf(names: readonly string[], found: RegExpExecArray): Record<string, string> {
  const params: Record<string, string> = {}
  names.forEach((name, i) => {
    params[name] = decode(found[i + 1] ?? '')
  })
  return params
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
