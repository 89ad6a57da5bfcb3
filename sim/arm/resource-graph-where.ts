import { expressionOf, type Row, readAll } from './resource-graph-expression.ts'

export type Where = {
  readonly holds: (row: Row) => boolean
  /** Lower case; what its conditions leave of types, where one of them is about the type. */
  readonly types?: readonly string[]
}

/** Conditions that are joined by `and`: `==`, `=~`, `in`, `in~`, `startswith`, `endswith`, `contains`, `isnotempty(…)`. */
export function readWhere(text: string): Where | undefined {
  const conditions = readAll(text.split(/\s+and\s+/i), readCondition)
  if (!conditions) return undefined
  const types = conditions.find((one) => one.types !== undefined)?.types
  return { holds: (row) => conditions.every((one) => one.holds(row)), ...(types && { types }) }
}

const literal = `'[^']*'|"[^"]*"`
const tests: Readonly<Record<string, (text: string, value: string) => boolean>> = {
  startswith: (text, value) => text.startsWith(value),
  endswith: (text, value) => text.endsWith(value),
  contains: (text, value) => text.includes(value),
}

function readCondition(part: string): Where | undefined {
  const filled = /^isnotempty\((.+)\)$/i.exec(part)?.[1]
  if (filled !== undefined) {
    const expression = expressionOf(filled)
    return expression && { holds: (row) => String(expression.value(row) ?? '') !== '' }
  }
  const one = new RegExp(`^(\\S+)\\s*(==|=~|\\bstartswith|\\bendswith|\\bcontains)\\s*(${literal})$`, 'i').exec(part)
  const many = new RegExp(`^(\\S+)\\s+(in~|in)\\s*\\(((?:\\s*(?:${literal})\\s*,?)+)\\)$`, 'i').exec(part)
  const [, at = '', word = '', values = ''] = one ?? many ?? []
  const expression = expressionOf(at)
  if (!expression) return undefined
  const isExact = word === '==' || word.toLowerCase() === 'in'
  const as = (text: string) => (isExact ? text : text.toLowerCase())
  const wanted = [...values.matchAll(new RegExp(literal, 'g'))].map(([quoted]) => as(unescaped(quoted.slice(1, -1))))
  const test = tests[word.toLowerCase()] ?? ((text: string, value: string) => text === value)
  const isOfTypes = at === 'type' && tests[word.toLowerCase()] === undefined
  return {
    holds(row) {
      const text = as(String(expression.value(row) ?? ''))
      return wanted.some((value) => test(text, value))
    },
    ...(isOfTypes && { types: wanted.map((value) => value.toLowerCase()) }),
  }
}

const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, '$1')
