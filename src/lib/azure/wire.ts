/** Reading JSON that somebody else wrote: nulls, missing fields and other types are normal. */
import type { Instant } from '../core/time.ts'

export type Wire = Readonly<Record<string, unknown>>

/** Undefined when it is not an object. */
export const record = (value: unknown): Wire | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Wire) : undefined

/** Undefined when it is missing, null or empty; Site Recovery sends some codes as numbers. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' ? String(value) : undefined
}

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const texts = (value: unknown): readonly string[] => list(value).filter((entry) => typeof entry === 'string')

export const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/** Site Recovery writes unset times as years 1 and 1753, and some times without a zone: they are UTC. */
export function moment(value: unknown): Instant | undefined {
  const written = value instanceof Date ? value.toISOString() : text(value)
  if (written === undefined) return undefined
  const at = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(written) ? written : `${written}Z`)
  return Number.isNaN(at) || at < 0 ? undefined : at
}

/** The last part of `pool/host`, `pool/host/session`. */
export const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
