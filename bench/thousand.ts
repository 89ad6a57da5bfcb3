/** 1,000 personal VMs, five seeds, no faults, and one of them with four processes: run once, judged by several entries. */
import { runStories } from './in-parallel.ts'
import type { StoryResult } from './run-story.ts'

export const thousandSeeds = [1, 2, 3, 4, 5] as const
const vms = 1_000

let runs: Promise<readonly StoryResult[]> | undefined

export function thousand(): Promise<readonly StoryResult[]> {
  runs ??= runStories(thousandSeeds.map((seed) => ({ seed, vms }))).then((results) => results.map(checked))
  return runs
}

let withFour: Promise<StoryResult> | undefined

export function fourProcesses(): Promise<StoryResult> {
  withFour ??= runStories([{ seed: thousandSeeds[0], vms, processes: 4 }]).then(([result]) => {
    if (!result) throw new Error('the story with four processes has no result')
    return checked(result)
  })
  return withFour
}

/** A run that did not do its work has nothing to show. */
function checked(result: StoryResult): StoryResult {
  const { seed, isOver, violations } = result
  const broken = [
    ...(isOver ? [] : ['the operation did not end']),
    ...(result.vms.length === vms ? [] : [`${result.vms.length} of ${vms} VMs are committed`]),
    ...violations,
  ]
  if (broken.length > 0) throw new Error(`seed ${seed}: ${broken.slice(0, 3).join('; ')}`)
  return result
}
