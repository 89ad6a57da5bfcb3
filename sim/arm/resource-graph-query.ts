export type Row = Readonly<Record<string, unknown>>

export type GraphQuery = {
  /** Lower case. */
  readonly table: string
  readonly conditions: readonly Condition[]
  readonly columns?: readonly { readonly name: string; readonly path: string }[]
  readonly order?: { readonly path: string; readonly isDescending: boolean }
  readonly limit?: number
}

/** Of the values any may do. `isExact`: in this letter case; `isStart`: as a beginning. */
type Condition = {
  readonly path: string
  readonly values: readonly string[]
  readonly isExact: boolean
  readonly isStart: boolean
}

const tables = new Set([
  'resources',
  'desktopvirtualizationresources',
  'recoveryservicesresources',
  'insightsresources',
])
const path = '[A-Za-z_][\\w.]*'

/**
 * `Resources | where type =~ 'x' and location in~ ('y', 'z') and id startswith 'w' | project id, size = properties.a.b | order by id desc | limit 5`
 */
export function readQuery(text: string): GraphQuery | { readonly problem: string } {
  const [first = '', ...clauses] = text.split('|').map((part) => part.trim())
  const table = first.toLowerCase()
  if (!tables.has(table)) return { problem: `the table '${first}' is not one of ${[...tables].join(', ')}` }
  let query: GraphQuery = { table, conditions: [] }
  for (const clause of clauses) {
    const next = readClause(clause, query)
    if (!next) return { problem: `'${clause}' is outside the part of KQL it knows` }
    query = next
  }
  return query
}

function readClause(clause: string, query: GraphQuery): GraphQuery | undefined {
  const [, verb = '', rest = ''] = /^(where|project|order by|sort by|limit|take)\s+(.+)$/is.exec(clause) ?? []
  switch (verb.toLowerCase()) {
    case 'where': {
      const conditions = readAll(rest.split(/\s+and\s+/i), readCondition)
      return conditions && { ...query, conditions: [...query.conditions, ...conditions] }
    }
    case 'project': {
      const columns = readAll(rest.split(','), readColumn)
      return columns && { ...query, columns }
    }
    case 'order by':
    case 'sort by': {
      const match = new RegExp(`^(${path})(?:\\s+(asc|desc))?$`, 'i').exec(rest)
      // KQL sorts downwards unless it is told otherwise.
      return match?.[1]
        ? { ...query, order: { path: match[1], isDescending: match[2]?.toLowerCase() !== 'asc' } }
        : undefined
    }
    case 'limit':
    case 'take':
      return /^\d+$/.test(rest) ? { ...query, limit: Number(rest) } : undefined
    default:
      return undefined
  }
}

function readAll<T>(parts: readonly string[], read: (part: string) => T | undefined): T[] | undefined {
  const found = parts.map((part) => read(part.trim()))
  return found.every((item) => item !== undefined) ? found : undefined
}

function readCondition(part: string) {
  const text = `'[^']*'|"[^"]*"`
  const one = new RegExp(`^(${path})\\s*(==|=~|startswith)\\s*(${text})$`, 'i').exec(part)
  const many = new RegExp(`^(${path})\\s+(in~|in)\\s*\\(((?:\\s*(?:${text})\\s*,?)+)\\)$`, 'i').exec(part)
  const [, at, word = '', values = ''] = one ?? many ?? []
  if (at === undefined) return undefined
  const texts = [...values.matchAll(new RegExp(text, 'g'))].map(([quoted]) => quoted.slice(1, -1))
  const isStart = word.toLowerCase() === 'startswith'
  return { path: at, values: texts, isExact: word === '==' || word.toLowerCase() === 'in', isStart }
}

function readColumn(part: string) {
  const match = new RegExp(`^(?:(\\w+)\\s*=\\s*)?(${path})$`).exec(part)
  return match?.[2] ? { name: match[1] ?? match[2].replaceAll('.', '_'), path: match[2] } : undefined
}

export function runQuery({ conditions, columns, order, limit }: GraphQuery, rows: readonly Row[]): Row[] {
  const kept = rows.filter((row) =>
    conditions.every(({ path: at, isExact, isStart, values }) => {
      const as = (text: string) => (isExact ? text : text.toLowerCase())
      const text = as(String(valueAt(row, at) ?? ''))
      return values.some((value) => (isStart ? text.startsWith(as(value)) : text === as(value)))
    }),
  )
  const sorted = order ? kept.toSorted((a, b) => compare(valueAt(a, order.path), valueAt(b, order.path), order)) : kept
  const limited = limit === undefined ? sorted : sorted.slice(0, limit)
  if (!columns) return limited
  return limited.map((row) => Object.fromEntries(columns.map(({ name, path: at }) => [name, valueAt(row, at) ?? null])))
}

function compare(a: unknown, b: unknown, { isDescending }: { readonly isDescending: boolean }): number {
  const [x, y] = [String(a ?? ''), String(b ?? '')]
  const order = x < y ? -1 : Number(x > y)
  return isDescending ? -order : order
}

const valueAt = (row: Row, at: string): unknown =>
  at
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? (value as Row)[key] : undefined),
      row,
    )
