/** Nearest rank: the smallest value that at least `share` of all values do not exceed. 0 when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)

export const highest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0)
