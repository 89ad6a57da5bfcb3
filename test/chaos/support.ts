import { availableParallelism } from 'node:os'
import { expect } from 'vitest'
import { type ChaosOptions, type ChaosResult, runChaos } from '../../sim/chaos/run.ts'

/** What a whole suite of seeds came to. */
export type Suite = { readonly broken: readonly string[]; readonly injected: Readonly<Record<string, number>> }

export async function runSeeds(from: number, to: number, options: Omit<ChaosOptions, 'seed'>): Promise<Suite> {
  const broken: string[] = []
  const injected: Record<string, number> = {}
  for (let seed = from; seed <= to; seed++) {
    const result = await runChaos({ ...options, seed })
    broken.push(...result.broken.map((line) => `seed ${seed}: ${line}`))
    for (const [kind, count] of Object.entries(result.injected)) injected[kind] = (injected[kind] ?? 0) + count
  }
  return { broken, injected }
}

/** A suite that injected nothing has shown nothing. */
export function expectInjected({ injected }: Suite, least: Readonly<Record<string, number>>): void {
  const short = Object.entries(least).filter(([kind, count]) => (injected[kind] ?? 0) < count)
  expect(short.map(([kind, count]) => `${kind}: ${injected[kind] ?? 0} of ${count}`)).toEqual([])
}

/** The first seed of a few in which the planted fault shows; undefined when it stays hidden. */
export async function findPlanted(
  seeds: readonly number[],
  options: Omit<ChaosOptions, 'seed'>,
  shows: RegExp,
): Promise<ChaosResult | undefined> {
  for (const seed of seeds) {
    const result = await runChaos({ ...options, seed })
    if (result.broken.some((line) => shows.test(line))) return result
  }
  return undefined
}

/** These machines are shared: a run of one seed may take this long when everybody is busy. */
export const perSeed = availableParallelism() > 4 ? 10_000 : 30_000

/** A night of several operations takes longer. */
export const perNight = 3 * perSeed

/** What eighteen bad nights bring at the least. */
export const badNights = {
  crash: 200,
  stall: 30,
  freeze: 10,
  drain: 30,
  'message lost': 100,
  'message doubled': 300,
  'message late': 300,
  'message poisoned': 30,
  'message forged': 60,
  'storage before': 300,
  'storage after': 300,
  'storage remove': 20,
  'azure errorAfter': 100,
  'azure resetAfter': 100,
  'azure hangAfter': 10,
  'azure throttledWithWait': 100,
  'azure oddBody': 100,
  'azure pageRepeated': 20,
  'azure entryMissing': 5,
  'azure foreignPollingHost': 10,
}
