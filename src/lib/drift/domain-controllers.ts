/** The domain controllers a plan names, by region. */
import { parseArmId, sameId } from '../core/arm-id.ts'
import type { Vm } from '../model/azure.ts'
import type { DrPlan } from '../plan/schema.ts'
import type { Side } from './next-move.ts'
import { couldNotCheck, given, partOfEstate } from './outcome.ts'
import type { Outcome, RuleContext } from './rule.ts'
import { sameRegion } from './session-machines.ts'

/** Without a word of the plan nobody knows whether there are any. */
export const mayHaveControllers = ({ plan }: { readonly plan: DrPlan }): boolean =>
  plan.identity === undefined || plan.identity.kind === 'domain'

export type Controllers = {
  /** In the region, and running. */
  readonly running: readonly Vm[]
  readonly stopped: readonly Vm[]
  /** In the region, but not known to run; or named, and seen nowhere. */
  readonly doubtful: readonly string[]
}

export function givenControllers(
  context: RuleContext,
  side: Side,
  then: (controllers: Controllers) => Outcome,
): Outcome {
  const { identity } = context.plan
  if (!identity) return couldNotCheck('the plan does not say of whom machines learn who people are (identity)')
  if (identity.domainControllers.length === 0) return couldNotCheck('the plan names no domain controllers')
  return given({ machines: partOfEstate(context, 'domainControllers') }, ({ machines }) => {
    const here = machines.filter(({ location }) => sameRegion(location, context.pair[side].region))
    const unseen = identity.domainControllers.filter((id) => !machines.some((vm) => sameId(vm.id, id)))
    return then({
      running: here.filter(({ power }) => power === 'running'),
      stopped: here.filter(({ power }) => power !== 'running' && power !== 'unknown'),
      doubtful: [
        ...here.filter(({ power }) => power === 'unknown').map(({ name }) => name),
        ...unseen.map((id) => parseArmId(id)?.name ?? id),
      ],
    })
  })
}
