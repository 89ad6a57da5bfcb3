/** What a plan may say, and what is said loudly about it: in the preview and in the report. */
import { writeDuration } from './duration.ts'
import { advised, type DrPlan, type PlannedPair } from './schema.ts'

export type PlanWarning = { readonly path: string; readonly code: PlanWarningCode; readonly message: string }
export type LimitWarningCode = 'looseBatchSize' | 'looseBatchInterval'
export type PlanWarningCode = LimitWarningCode | 'noApplicationGroups' | 'noGroups' | 'noReprotect'
type LimitWarning = PlanWarning & { readonly code: LimitWarningCode }

export const planWarnings = (plan: DrPlan): readonly PlanWarning[] => [
  ...limitWarnings(plan.limits),
  ...plan.pairs.flatMap(pairWarnings),
]

export function limitWarnings({ batchSize, batchInterval }: DrPlan['limits']): readonly LimitWarning[] {
  const warnings: LimitWarning[] = []
  if (batchSize > advised.batchSize)
    warnings.push({
      path: 'limits.batchSize',
      code: 'looseBatchSize',
      message: `LOOSE LIMIT: ${batchSize} virtual machines a batch, ${advised.batchSize} are advised at most.`,
    })
  if (batchInterval < advised.batchInterval)
    warnings.push({
      path: 'limits.batchInterval',
      code: 'looseBatchInterval',
      message: `LOOSE LIMIT: ${writeDuration(batchInterval)} between batches, ${writeDuration(advised.batchInterval)} are advised at least.`,
    })
  return warnings
}

function pairWarnings(pair: PlannedPair, i: number): readonly PlanWarning[] {
  if (pair.strategy === 'personalReplicated') return pair.reprotect ? [] : [noReprotect(pair, i)]
  const consequence = 'no access will move.'
  if (pair.applicationGroups.length === 0)
    return [
      {
        path: `pairs[${i}].applicationGroups`,
        code: 'noApplicationGroups',
        message: `Pair ${pair.id} maps no application group: ${consequence}`,
      },
    ]
  if (pair.groups.length > 0) return []
  return [{ path: `pairs[${i}].groups`, code: 'noGroups', message: `Pair ${pair.id} names no group: ${consequence}` }]
}

const noReprotect = ({ id }: PlannedPair, i: number): PlanWarning => ({
  path: `pairs[${i}].reprotect`,
  code: 'noReprotect',
  message: `Pair ${id} names no storage to replicate through: after a failover its desktops stay unprotected, and cannot come back.`,
})
