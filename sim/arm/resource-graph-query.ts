/** The part of KQL that an inventory needs. What is outside of it is refused rather than answered wrongly. */
import { columnsOf, dynamicColumns, expressionOf, type Row, readAll, valueAt } from './resource-graph-expression.ts'
import { readWhere, type Where } from './resource-graph-where.ts'

export type { Row } from './resource-graph-expression.ts'

export type GraphQuery = {
  /** Lower case. */
  readonly table: string
  /** Lower case; undefined: whatever it asks for, it is not one type, or several. */
  readonly types?: readonly string[]
  readonly stages: readonly Stage[]
}

type Stage = (rows: readonly Row[]) => readonly Row[]
type Read = { readonly stage: Stage; readonly dynamic?: ReadonlySet<string>; readonly where?: Where }

const tables = new Set([
  'resources',
  'resourcecontainers',
  'desktopvirtualizationresources',
  'recoveryservicesresources',
  'insightsresources',
])
/** Rows that one row becomes, unless the query says otherwise ("Understanding the Azure Resource Graph query language"). */
const mostExpanded = 128

/**
 * `Resources | where type =~ 'x' and location in~ ('y', 'z') | mv-expand ip = properties.ips | extend a = tolower(tostring(ip.b))
 * | distinct resourceGroup, a | project id, size = properties.a.b | order by id desc | limit 5`
 */
export function readQuery(text: string): GraphQuery | { readonly problem: string } {
  const [first = '', ...clauses] = text.split('|').map((part) => part.trim())
  const table = first.toLowerCase()
  if (!tables.has(table)) return { problem: `the table '${first}' is not one of ${[...tables].join(', ')}` }
  const stages: Stage[] = []
  let types: readonly string[] | undefined
  let dynamic: ReadonlySet<string> = new Set(dynamicColumns)
  for (const clause of clauses) {
    const read = readClause(clause, dynamic)
    if (!read) return { problem: `'${clause}' is outside the part of KQL it knows` }
    types ??= read.where?.types
    dynamic = read.dynamic ?? dynamic
    stages.push(read.stage)
  }
  return { table, stages, ...(types && { types }) }
}

export const runQuery = ({ stages }: GraphQuery, rows: readonly Row[]): readonly Row[] =>
  stages.reduce((left, stage) => stage(left), rows)

type Verb = (rest: string, dynamic: ReadonlySet<string>) => Read | undefined

const verbs: Readonly<Record<string, Verb>> = {
  where(rest) {
    const where = readWhere(rest)
    return where && { where, stage: (rows) => rows.filter(where.holds) }
  },
  project(rest, dynamic) {
    const columns = columnsOf(rest)
    if (!columns) return undefined
    const stage: Stage = (rows) =>
      rows.map((row) => Object.fromEntries(columns.map(({ name, value }) => [name, value(row) ?? null])))
    return { stage, dynamic: new Set(columns.filter((one) => one.isDynamic(dynamic)).map(({ name }) => name)) }
  },
  extend(rest, dynamic) {
    const columns = columnsOf(rest)
    if (!columns) return undefined
    const stage: Stage = (rows) =>
      rows.map((row) => ({
        ...row,
        ...Object.fromEntries(columns.map(({ name, value }) => [name, value(row) ?? null])),
      }))
    const kept = [...dynamic].filter((name) => !columns.some((one) => one.name === name))
    const added = columns.filter((one) => one.isDynamic(dynamic)).map(({ name }) => name)
    return { stage, dynamic: new Set([...kept, ...added]) }
  },
  'mv-expand'(rest, dynamic) {
    const [, named, source = '', most] = /^(?:(\w+)\s*=\s*)?(.+?)(?:\s+limit\s+(\d+))?$/i.exec(rest) ?? []
    const expression = expressionOf(source)
    const name = named ?? source
    if (!expression || !/^\w+$/.test(name)) return undefined
    const stage: Stage = (rows) =>
      rows.flatMap((row) => elementsOf(expression.value(row), Number(most ?? mostExpanded), row, name))
    return { stage, dynamic: new Set([...dynamic, name]) }
  },
  distinct(rest, dynamic) {
    const columns = columnsOf(rest)
    // Kusto wants a cast of what has no type.
    if (!columns || columns.some((one) => one.isDynamic(dynamic))) return undefined
    const stage: Stage = (rows) => {
      const all = rows.map((row) => Object.fromEntries(columns.map(({ name, value }) => [name, value(row) ?? null])))
      return [...new Map(all.map((row) => [JSON.stringify(row), row])).values()]
    }
    return { stage, dynamic: new Set() }
  },
  summarize(rest, dynamic) {
    const [, counted = 'count_', by = ''] = /^(?:(\w+)\s*=\s*)?count\(\)\s+by\s+(.+)$/i.exec(rest) ?? []
    const columns = by === '' ? undefined : columnsOf(by)
    if (!columns || columns.some((one) => one.isDynamic(dynamic))) return undefined
    return { stage: (rows) => counts(rows, columns, counted), dynamic: new Set() }
  },
  'order by': readOrder,
  'sort by': readOrder,
  limit: readLimit,
  take: readLimit,
}

function readClause(clause: string, dynamic: ReadonlySet<string>): Read | undefined {
  const words = /^(where|project|extend|mv-expand|distinct|summarize|order by|sort by|limit|take)\s+(.+)$/is
  const [, verb = '', rest = ''] = words.exec(clause) ?? []
  return verbs[verb.toLowerCase()]?.(rest.trim(), dynamic)
}

function elementsOf(value: unknown, most: number, row: Row, name: string): readonly Row[] {
  if (!Array.isArray(value)) return [{ ...row, [name]: value ?? null }]
  if (value.length === 0) return [{ ...row, [name]: null }]
  return value.slice(0, most).map((element: unknown) => ({ ...row, [name]: element }))
}

function counts(rows: readonly Row[], columns: NonNullable<ReturnType<typeof columnsOf>>, counted: string): Row[] {
  const groups = new Map<string, Record<string, unknown> & { count: number }>()
  for (const row of rows) {
    const key = Object.fromEntries(columns.map(({ name, value }) => [name, value(row) ?? null]))
    const text = JSON.stringify(key)
    const group = groups.get(text) ?? { ...key, count: 0 }
    groups.set(text, { ...group, count: group.count + 1 })
  }
  return [...groups.values()].map(({ count, ...key }) => ({ ...key, [counted]: count }))
}

/** KQL sorts downwards unless it is told otherwise. */
function readOrder(rest: string): Read | undefined {
  const keys = readAll(rest.split(','), (part) => {
    const [, path, direction] = /^([A-Za-z_][\w.]*)(?:\s+(asc|desc))?$/i.exec(part) ?? []
    return path === undefined ? undefined : { path, sign: direction?.toLowerCase() === 'asc' ? 1 : -1 }
  })
  if (!keys) return undefined
  const compare = (a: Row, b: Row): number => {
    for (const { path, sign } of keys) {
      const [x, y] = [String(valueAt(a, path) ?? ''), String(valueAt(b, path) ?? '')]
      if (x !== y) return x < y ? -sign : sign
    }
    return 0
  }
  return { stage: (rows) => rows.toSorted(compare) }
}

function readLimit(rest: string): Read | undefined {
  return /^\d+$/.test(rest) ? { stage: (rows) => rows.slice(0, Number(rest)) } : undefined
}
