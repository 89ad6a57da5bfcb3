/** From what was measured in earlier operations to the times an estimate goes by. */
import type { Millis } from '../core/time.ts'
import type { EndedRun, MeasuredRun, PastOfPair, Sample } from '../model/past.ts'
import { type PartTime, type StepTimes, type TimedPart, timedParts } from './step-times.ts'

/** Times change with sizes, images and the vault's load: older ones say less. Of each kind, so that wake-ups leave room. */
const runsKept = 5

/** The same run again takes the place of the first; what is not younger than what is there changes nothing of `last`. */
export function withRun(before: PastOfPair, run: MeasuredRun, ended: EndedRun | undefined): PastOfPair {
  const others = before.measured.filter(({ operationId }) => operationId !== run.operationId)
  const all = Object.keys(run.parts).length === 0 ? others : [...others, run]
  const measured = [...Map.groupBy(all, ({ kind }) => kind).values()].flatMap((some) =>
    some.sort((a, b) => a.at - b.at).slice(-runsKept),
  )
  const isNews = ended && ended.at >= (before.last[run.kind]?.at ?? 0)
  return { ...before, measured, ...(isNews && { last: { ...before.last, [run.kind]: ended } }) }
}

/** Undefined: nothing was measured. */
export function sampleOf(lengths: readonly Millis[]): Sample | undefined {
  if (lengths.length === 0) return undefined
  const sorted = [...lengths].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { count: sorted.length, deciles: Array.from({ length: 11 }, (_, tenth) => Math.round(at(tenth / 10))) }
}

/** Of this pair; where it has none, of the others of its strategy: machines are alike, their numbers are not. */
export function stepTimesOf(pasts: readonly PastOfPair[], pairId: string, strategy: string): StepTimes {
  const own = pasts.filter((past) => past.pairId === pairId && past.strategy === strategy)
  const others = pasts.filter((past) => past.pairId !== pairId && past.strategy === strategy)
  return Object.fromEntries(
    timedParts.flatMap((part) => {
      const time = timeOf(own, part, 'thisPair') ?? timeOf(others, part, 'otherPairs')
      return time ? [[part, time]] : []
    }),
  )
}

function timeOf(pasts: readonly PastOfPair[], part: TimedPart, from: PartTime['from']): PartTime | undefined {
  const samples = pasts.flatMap(({ measured }) => measured.flatMap(({ parts }) => parts[part] ?? []))
  const count = samples.reduce((sum, sample) => sum + sample.count, 0)
  if (count === 0) return undefined
  return { count, median: quantile(samples, 0.5), p90: quantile(samples, 0.9), from }
}

/** Each point stands for a tenth of its sample, the first one for nothing. */
function quantile(samples: readonly Sample[], share: number): Millis {
  const points = samples
    .flatMap(({ count, deciles }) => deciles.slice(1).map((length) => ({ length, weight: count / 10 })))
    .sort((a, b) => a.length - b.length)
  const wanted = share * points.reduce((sum, { weight }) => sum + weight, 0)
  let reached = 0
  for (const { length, weight } of points) {
    reached += weight
    // Sums of tenths are not exact.
    if (reached >= wanted - 1e-9) return length
  }
  return points.at(-1)?.length ?? 0
}
