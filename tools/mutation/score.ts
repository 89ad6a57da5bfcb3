import { type Equivalent, equivalents } from './equivalent.ts'
import type { Mutant, Mutants } from './mutants.ts'

export type Score = {
  readonly killed: number
  /** Went round in a loop, which counts as noticed. */
  readonly timedOut: number
  /** Not noticed, the equivalent ones among them. */
  readonly survived: number
  readonly equivalent: number
}

export type Survivor = {
  readonly path: string
  readonly place: string
  readonly line: string
  readonly from: string
  readonly to: string
  /** Why it is equivalent, if it is. */
  readonly reason?: string
}

/** One for each file, by path. */
export function scoresOf(mutants: Mutants): Readonly<Record<string, Score>> {
  const survivors = survivorsOf(mutants)
  return Object.fromEntries(
    Object.entries(mutants).map(([path, file]) => {
      const count = (status: Mutant['status']) => file.mutants.filter((mutant) => mutant.status === status).length
      const own = survivors.filter((survivor) => survivor.path === path)
      return [
        path,
        {
          killed: count('Killed') + count('RuntimeError'),
          timedOut: count('Timeout'),
          survived: own.length,
          equivalent: own.filter(({ reason }) => reason !== undefined).length,
        },
      ]
    }),
  )
}

export function survivorsOf(mutants: Mutants): readonly Survivor[] {
  return Object.entries(mutants).flatMap(([path, { source, mutants: all }]) =>
    all.filter(isSurvivor).map((mutant) => survivorOf(path, source.split('\n'), mutant)),
  )
}

export const isSurvivor = ({ status }: Mutant): boolean => status === 'Survived' || status === 'NoCoverage'

function survivorOf(path: string, lines: readonly string[], { location, replacement }: Mutant): Survivor {
  const { start, end } = location
  const covered = lines.slice(start.line - 1, end.line)
  covered.push((covered.pop() ?? '').slice(0, end.column - 1))
  covered[0] = (covered[0] ?? '').slice(start.column - 1)
  const found = {
    path,
    place: `${start.line}:${start.column}`,
    line: (lines[start.line - 1] ?? '').trim(),
    from: onOneLine(covered.join('\n')),
    to: onOneLine(replacement),
  }
  const known = equivalents.find((one) => isSame(one, found))
  return known ? { ...found, reason: known.reason } : found
}

export const isSame = (one: Equivalent, found: Survivor): boolean =>
  one.path === found.path && one.line === found.line && one.from === found.from && one.to === found.to

const onOneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
