/** Small things for people who read a terminal. */
import type { Millis } from '../../src/lib/core/time.ts'

/** `00:12:30` */
export function clockText(length: Millis): string {
  const total = Math.max(0, Math.round(length / 1_000))
  const parts = [Math.floor(total / 3_600), Math.floor(total / 60) % 60, total % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** `████████░░░░` */
export function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}

/** Columns as wide as their widest entry, two spaces apart; `right`: the columns whose entries end alike. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((entry, i) => Math.max(entry.length, known[i] ?? 0)).concat(known.slice(row.length)),
    [],
  )
  return rows.map((row) =>
    row
      .map((entry, i) => (right.includes(i) ? entry.padStart(widths[i] ?? 0) : entry.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

/** `a, b, c and 12 more` */
export function someOf(names: readonly string[], shown = 6): string {
  const rest = names.length - shown
  return rest > 0 ? `${names.slice(0, shown).join(', ')} and ${rest} more` : names.join(', ')
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`
