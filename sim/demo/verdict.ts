/** The ledger's word about the run, and whether the product's report says the same. */
import type { DrPlan } from '../../src/lib/plan/schema.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import type { SideIds } from '../fleets/fleet-ids.ts'
import { judge } from '../judge/judge.ts'
import type { JudgedPair, Verdict } from '../judge/types.ts'
import type { DemoEstate } from './estate.ts'
import type { Played } from './play.ts'

/** `allowBothSides`: users whose sign-out nobody could prove, and who were accepted so. */
export function verdictOf(estate: DemoEstate, { pairs, limits }: DrPlan, allowBothSides: readonly string[]): Verdict {
  const { sim, before, ids } = estate
  sim.agenda.settle()
  const { primary, secondary } = ids.pooled
  const judged = pairs
    .filter(({ strategy }) => strategy === 'pooledStandby')
    .map(({ id, strategy }): JudgedPair => {
      const mapping = primary.applicationGroups.map((own, i) => [own, secondary.applicationGroups[i] ?? ''])
      const sides = { primary: sideOf(primary), secondary: sideOf(secondary) }
      return { id, strategy, ...sides, mapping: Object.fromEntries(mapping) }
    })
  const { batchSize, batchInterval } = limits
  return judge(sim.ledger.events(), before, { pairs: judged, batchSize, batchInterval, allowBothSides })
}

const sideOf = ({ hostPool, applicationGroups }: SideIds) => ({ hostPools: [hostPool], applicationGroups })

export type Comparison = { readonly what: string; readonly product: number; readonly ledger: number }

/** Counted from the product's audit and report on one side, from what the simulated Azure accepted on the other. */
export function compare(played: readonly Played[], events: readonly LedgerEvent[]): readonly Comparison[] {
  const begun = (step: string) =>
    sum(played, ({ events: own }) => {
      const subjects = own.filter((event) => event.act === 'begin' && event.step?.startsWith(`${step}@`))
      return new Set(subjects.map(({ subject }) => subject)).size
    })
  const done = (stage: string) =>
    sum(played, ({ report }) => {
      const tally = report.stages.find(({ name }) => name === stage)?.tally
      return tally ? tally.succeeded + tally.degraded : 0
    })
  const accepted = (kind: LedgerEvent['kind']) =>
    events.filter((event) => event.kind === kind && !('by' in event && event.by !== undefined)).length
  return [
    { what: 'failovers', product: begun('failoverVm'), ledger: accepted('failoverAccepted') },
    { what: 'commits', product: done('desktops'), ledger: accepted('commitAccepted') },
    { what: 'starts', product: begun('startVm'), ledger: accepted('startAccepted') },
    { what: 'revokes', product: done('revoke'), ledger: accepted('revoked') },
    { what: 'grants', product: done('grant'), ledger: accepted('granted') },
  ]
}

const sum = <T>(all: readonly T[], of: (one: T) => number) => all.reduce((total, one) => total + of(one), 0)
