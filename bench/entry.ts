/** One line of `bench/results.json`. */
export type Entry = {
  readonly name: string
  readonly value: number
  /** What the value is measured against, in the same run; same unit. */
  readonly limit: number
  /** value ÷ limit */
  readonly ratio: number
  /** The highest ratio that is allowed; null: for information. */
  readonly bar: number | null
  readonly ok: boolean
}

export type Bench = {
  readonly name: string
  /** For `bench/README.md`: what is measured, against what, and what limits it. */
  readonly about: string
  readonly run: () => Promise<readonly Entry[]>
}

export function judged(name: string, value: number, limit: number, bar = 1): Entry {
  const ratio = ratioOf(value, limit)
  return { name, value: rounded(value), limit: rounded(limit), ratio: rounded(ratio), bar, ok: ratio <= bar }
}

export const informed = (name: string, value: number, limit: number): Entry => ({
  ...judged(name, value, limit, Number.POSITIVE_INFINITY),
  bar: null,
  ok: true,
})

/** Nothing against a limit of nothing is as it should be; anything more is not. */
function ratioOf(value: number, limit: number): number {
  if (limit !== 0) return value / limit
  return value === 0 ? 0 : Number.MAX_SAFE_INTEGER
}

const rounded = (value: number): number => Number(value.toFixed(4))
