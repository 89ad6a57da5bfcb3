/** Plan, inventory and request to a spec, or the reasons why not. Pure: the same input gives the same spec. */
import type { Instant } from '../core/time.ts'
import type { Inventory } from '../model/inventory.ts'
import type { PairState } from '../model/pair-state.ts'
import type { OperationRequest } from '../plan/request.ts'
import type { DrPlan } from '../plan/schema.ts'
import { planAlign } from './align.ts'
import { driftNotices } from './drift-notices.ts'
import type { DriftSeen } from './drift-seen.ts'
import { etaOf } from './eta.ts'
import { shownWork } from './extension-plan.ts'
import { gapNotices } from './gaps.ts'
import { ageWarning, outNotices, pairChecks, unknownHosts } from './pair-checks.ts'
import { type Part, planPart } from './part.ts'
import { type Notice, type NoticeCode, notice, type Preview, type Weighed } from './preview.ts'
import { likelySide } from './side.ts'
import { type Situation, situationOf } from './situation.ts'
import { specOf, stagesOf } from './spec-of.ts'
import type { StepTimes } from './step-times.ts'

export type PlanningInput = {
  readonly plan: DrPlan
  readonly inventory: Inventory
  readonly pairState: PairState
  readonly request: OperationRequest
  readonly now: Instant
  /** What drift rules say of the pair at this moment. Missing: nobody asked them. */
  readonly drift?: DriftSeen
  /** How long steps took in earlier operations, in place of what is assumed. */
  readonly measured?: StepTimes
}

/** Without refusals there is a spec, and `contentOf(spec)` is what is hashed and approved. */
export function planOperation({ plan, inventory, pairState, request, now, ...more }: PlanningInput): Preview {
  if (request.kind === 'align') return planAlign({ plan, inventory, pairState, request, drift: more.drift, now })
  const inventoryAge = Math.max(0, now - inventory.takenAt)
  const refused = (code: NoticeCode, message: string): Preview => ({
    hosts: [],
    refusals: [plain(notice('unsafe', code, message, [request.pairId]))],
    findings: [],
    warnings: [],
    inventoryAge,
  })
  const pair = plan.pairs.find(({ id }) => id === request.pairId)
  if (!pair) return refused('unknownPair', 'The plan has no such pair.')
  const seen = Object.hasOwn(inventory.pairs, pair.id) ? inventory.pairs[pair.id] : undefined
  if (!seen) return refused('notInInventory', 'The inventory has not seen this pair yet.')
  const given = { plan, pair, seen, pairState, request, now }
  const situation = situationOf(given, likelySide(given))
  const part = planPart(situation)
  if (!stagesOf(situation, part)) return refused('noRunbook', `The strategy ${pair.strategy} has no ${request.kind}.`)
  const notices = [
    ...noticesOf(situation, part),
    ...driftNotices(situation, more.drift),
    ...ageWarning(inventoryAge, plan.limits.inventoryAge),
  ]
  return previewOf(situation, part, notices, { inventoryAge, measured: more.measured ?? {} })
}

const noticesOf = (situation: Situation, part: Part): readonly Weighed[] => [
  ...pairChecks(situation),
  ...gapNotices(situation),
  ...unknownHosts(situation),
  ...outNotices(situation, part.decisions),
  ...part.notices,
]

type Besides = { readonly inventoryAge: number; readonly measured: StepTimes }

function previewOf(
  situation: Situation,
  part: Part,
  notices: readonly Weighed[],
  { inventoryAge, measured }: Besides,
): Preview {
  const of = (...weights: readonly Weighed['weight'][]) =>
    notices.filter(({ weight }) => weights.includes(weight)).map(plain)
  const refusals = situation.oldSideIsDown ? of('unsafe') : of('unsafe', 'refuses')
  const findings = situation.oldSideIsDown ? of('refuses', 'accepted') : of('accepted')
  const extensions = part.extensionWork?.map(shownWork) ?? []
  const seen = {
    hosts: part.decisions,
    refusals,
    findings,
    warnings: of('warns'),
    ...(extensions.length > 0 && { extensions }),
    inventoryAge,
  }
  if (refusals.length > 0) return seen
  const spec = specOf(situation, part, findings)
  return spec ? { ...seen, spec, eta: etaOf(spec, measured) } : seen
}

const plain = ({ code, message, subjects, reason }: Weighed): Notice => ({
  code,
  message,
  subjects,
  ...(reason !== undefined && { reason }),
})
