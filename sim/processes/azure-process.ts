/** The simulated Azure in a process of its own. A child of the run; its ledger is asked at the end. */
import { readPlan } from '../../src/lib/plan/read-plan.ts'
import { startEstate } from '../demo/estate.ts'
import { verdictOf } from '../demo/verdict.ts'
import { brokenInEstate } from './end.ts'

/** What the parent gets to know, first once it serves, then at each question. */
export type AzureNews = { readonly origin: string; readonly environment: Readonly<Record<string, string>> }
export type AzureEnd = { readonly broken: readonly string[]; readonly failovers: number; readonly starts: number }
export type AzureBegin = {
  readonly fleet: 'tiny' | 'small'
  readonly seed: number
  readonly planText: string
  readonly time: { readonly speed: number; readonly epochReal: number; readonly epochSim: number }
}

async function serve({ fleet, seed, planText, time }: AzureBegin): Promise<void> {
  const read = readPlan(planText)
  if (!read.ok) throw new Error(`the plan has ${read.problems.length} problems`)
  const estate = await startEstate(fleet, String(seed), time)
  const { origin, environment } = estate.server
  process.on('disconnect', () => {
    void estate.server.close().finally(() => process.exit(0))
  })
  process.on('message', () => {
    const { violations, measures } = verdictOf(estate, read.plan, [])
    const broken = [
      ...violations.map(({ rule, subject, detail }) => `${rule}: ${subject}: ${detail}`),
      ...brokenInEstate(estate),
    ]
    process.send?.({ broken, failovers: measures.failovers, starts: measures.starts } satisfies AzureEnd)
  })
  process.send?.({ origin, environment } satisfies AzureNews)
}

process.on('SIGINT', () => undefined)
process.once('message', (begin) => {
  serve(begin as AzureBegin).catch((error) => {
    console.error(error)
    process.exit(1)
  })
})
