/**
 * Lists of real services lose a page or an entry now and then, and say nothing of it. What is missing would be left out
 * of an operation, and whoever holds access there would have both sides (decision 22).
 */
import type { Answer } from '../core/fault.ts'

export type Known<E> = {
  readonly keyOf: (entry: E) => string
  /** What was there last time; undefined: nothing to compare with, so that one reading will not do. */
  readonly last: readonly E[] | undefined
  /** One reading will not do, whatever it has: what is new since the last time cannot be missed. */
  readonly isDoubted?: boolean
}

/** The third one is for a list that changed between the first two. */
const mostReadings = 3

/** Believes a reading that has all that was there before it, or that came to the same as the one before. Each entry once. */
export async function believed<E>(
  read: () => Promise<Answer<readonly E[]>>,
  { keyOf, last, isDoubted = last === undefined }: Known<E>,
): Promise<Answer<readonly E[]>> {
  const keysOf = (entries: readonly E[]) => new Set(entries.map((entry) => keyOf(entry).toLowerCase()))
  const seen = keysOf(last ?? [])
  let before: ReadonlySet<string> | undefined
  for (let reading = 1; reading <= mostReadings; reading++) {
    const answer = await read()
    if (answer.kind !== 'ok') return answer
    const keys = keysOf(answer.value)
    const isWhole = hasAll(keys, seen) && (before !== undefined || !isDoubted)
    if (isWhole || (before && isSame(before, keys))) return { kind: 'ok', value: once(answer.value, keyOf) }
    for (const key of keys) seen.add(key)
    before = keys
  }
  return {
    kind: 'refused',
    fault: { code: 'unreadable', message: `read ${mostReadings} times, with different results`, retryable: true },
  }
}

/** An entry that moved from one page to the next while they were read comes twice; the later one is newer. */
function once<E>(entries: readonly E[], keyOf: (entry: E) => string): readonly E[] {
  const unique = new Map(entries.map((entry) => [keyOf(entry).toLowerCase(), entry]))
  return unique.size === entries.length ? entries : [...unique.values()]
}

const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.size === b.size && hasAll(a, b)

const hasAll = (keys: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean =>
  [...wanted].every((key) => keys.has(key))
