/** Paths and casts of queries. */
export type Row = Readonly<Record<string, unknown>>

export type Expression = {
  readonly value: (row: Row) => unknown
  /** Of no type yet: such values are neither grouped nor told apart. */
  readonly isDynamic: (dynamic: ReadonlySet<string>) => boolean
}
export type Column = Expression & { readonly name: string }

/** Columns of a row that are no texts. */
export const dynamicColumns = ['properties', 'tags', 'sku', 'zones', 'identity', 'plan'] as const

const path = String.raw`[A-Za-z_]\w*(?:\.\w+|\[\d+\]|\['[^']+'\])*`
const casts: Readonly<Record<string, (value: unknown) => unknown>> = {
  tostring: (value) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')),
  tolower: (value) => String(value ?? '').toLowerCase(),
  toint: Number,
  tobool: (value) => value === true || value === 'true',
}

export function expressionOf(text: string): Expression | undefined {
  const whole = text.trim()
  const [, cast = '', inner = ''] = /^(tostring|tolower|toint|tobool)\((.+)\)$/i.exec(whole) ?? []
  const change = casts[cast.toLowerCase()]
  if (change) {
    const expression = expressionOf(inner)
    return expression && { value: (row) => change(expression.value(row)), isDynamic: () => false }
  }
  if (!new RegExp(`^${path}$`).test(whole)) return undefined
  const [root = ''] = whole.split(/[.[]/)
  return { value: (row) => valueAt(row, whole), isDynamic: (dynamic) => dynamic.has(root) }
}

export function columnsOf(text: string): readonly Column[] | undefined {
  return readAll(text.split(','), (part) => {
    const [, named, source = ''] = /^(?:(\w+)\s*=\s*)?(.+)$/.exec(part) ?? []
    const expression = expressionOf(source)
    const name = named ?? source.replaceAll('.', '_')
    return expression && /^\w+$/.test(name) ? { name, ...expression } : undefined
  })
}

export function readAll<T>(parts: readonly string[], read: (part: string) => T | undefined): T[] | undefined {
  const found = parts.map((part) => read(part.trim()))
  return found.every((item) => item !== undefined) ? found : undefined
}

export const valueAt = (row: Row, at: string): unknown =>
  at
    .replaceAll(/\[(?:(\d+)|'([^']+)')\]/g, (_all, index?: string, key?: string) => `.${index ?? key}`)
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? (value as Row)[key] : undefined),
      row,
    )
