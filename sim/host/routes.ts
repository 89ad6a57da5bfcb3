type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter' | 'optional' | 'rest'; readonly name: string }
export type RouteTemplate = readonly Segment[]

/** `tasks/{id}`, `files/{*rest}`, `hosts/{name?}`. Throws for what the local host does not read (`{id:int}`, `a-{b}`). */
export function parseRoute(template: string): RouteTemplate {
  if (template.startsWith('/')) throw new Error(`The route "${template}" must not begin with a slash.`)
  const segments = template
    .split('/')
    .filter((text) => text !== '')
    .map(parseSegment)
  const early = segments.slice(0, -1).find((segment) => segment.kind === 'rest' || segment.kind === 'optional')
  if (early) throw new Error(`In the route "${template}" only the last part may be optional or take the rest.`)
  return segments
}

/** The parameters, decoded as ASP.NET does (an encoded slash stays), or undefined when the path is another one. */
export function matchRoute(route: RouteTemplate, path: string): Readonly<Record<string, string>> | undefined {
  const parts = path.replace(/\/$/, '').split('/')
  const given = parts.length === 1 && parts[0] === '' ? [] : parts
  const parameters: Record<string, string> = {}
  for (const [index, segment] of route.entries()) {
    const part = given[index]
    if (segment.kind === 'rest') {
      if (part !== undefined) parameters[segment.name] = given.slice(index).map(decode).join('/')
      return parameters
    }
    if (part === undefined && segment.kind === 'optional') return parameters
    if (part === undefined || part === '') return undefined
    if (segment.kind !== 'literal') parameters[segment.name] = decode(part)
    else if (decode(part).toLowerCase() !== segment.text.toLowerCase()) return undefined
  }
  return given.length > route.length ? undefined : parameters
}

/** Negative when `a` is tried before `b`: segment by segment, a literal before a parameter before the rest. */
export function compareRoutes(a: RouteTemplate, b: RouteTemplate): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = rankAt(a, index) - rankAt(b, index)
    if (difference !== 0) return difference
  }
  return 0
}

const ranks = { literal: 0, parameter: 1, optional: 1, rest: 2 } as const
const rankAt = (route: RouteTemplate, index: number): number => {
  const segment = route[index]
  return segment ? ranks[segment.kind] : -1
}

function parseSegment(text: string): Segment {
  const match = /^\{(\*{0,2})([A-Za-z_]\w*)(\??)\}$/.exec(text)
  if (match?.[2]) return { kind: match[1] ? 'rest' : match[3] ? 'optional' : 'parameter', name: match[2] }
  if (/[{}]/.test(text)) throw new Error(`The local host does not read "${text}" in a route.`)
  return { kind: 'literal', text }
}

function decode(part: string): string {
  try {
    return part
      .split(/(%2f)/i)
      .map((piece, index) => (index % 2 === 0 ? decodeURIComponent(piece) : piece))
      .join('')
  } catch {
    return part
  }
}
