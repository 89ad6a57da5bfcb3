import type { OperationSpec } from '../machine/spec.ts'

/** One text for one spec: keys sorted, nothing undefined. Its hash is what people approve; planning has sorted the lists. */
export const contentOf = (spec: OperationSpec): string => JSON.stringify(ordered(spec))

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  )
}
