/** One seed as the command line runs it: what came of it, and its story where somebody wants to read it. */
import { type ChaosResult, runChaos } from './run.ts'
import { tellStory } from './tell-story.ts'
import { base, calm, harsh, type Trouble, type TroubleName, withoutLoss } from './troubles.ts'

export const troubles: Readonly<Record<TroubleName, Trouble>> = { calm, base, harsh, withoutLoss }

export type SeedSettings = {
  readonly seed: number
  readonly trouble: TroubleName
  /** Operations of a pair, at most. */
  readonly acts: number
  /** Told even when nothing broke. */
  readonly wantsStory: boolean
}

export type SeedResult = ChaosResult & { readonly story?: string }

export async function runSeed({ seed, trouble, acts, wantsStory }: SeedSettings): Promise<SeedResult> {
  let story: string | undefined
  try {
    const result = await runChaos({
      seed,
      trouble: troubles[trouble],
      orders: true,
      acts,
      withoutSweep: trouble === 'withoutLoss',
      inspect: async (operator, ids, broken) => {
        if (wantsStory || broken.length > 0) story = await tellStory(operator, ids)
      },
    })
    return { ...result, ...(story !== undefined && { story }) }
  } catch (error) {
    // A no comes with a reason; what is thrown is a finding.
    const thrown = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { seed, broken: [`thrown: ${thrown}`], injected: {}, outcomes: [], refusals: [], virtual: 0 }
  }
}
