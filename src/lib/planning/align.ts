/** Findings of drift to an operation that puts them right on the side where nobody works, or why not. */
import { idKey } from '../core/arm-id.ts'
import type { OperationSpec, Side, Subject } from '../machine/spec.ts'
import type { Inventory, PairSeen } from '../model/inventory.ts'
import type { PairState } from '../model/pair-state.ts'
import type { OperationRequest } from '../plan/request.ts'
import type { DrPlan, PlannedPair } from '../plan/schema.ts'
import { type AlignStageName, align } from '../runbooks/align.ts'
import type { DriftFinding, DriftSeen } from './drift-seen.ts'
import { etaOf } from './eta.ts'
import { type FixPlace, stageOfFix, subjectsOfFix } from './fixes.ts'
import { ageWarning } from './pair-checks.ts'
import { type NoticeCode, notice, type Preview, type Weighed } from './preview.ts'
import { byText, hostPoolIdOf, otherSide } from './situation.ts'
import { stayingSpec } from './staying-spec.ts'

export type AlignInput = {
  readonly plan: DrPlan
  readonly inventory: Inventory
  readonly pairState: PairState
  readonly request: Pick<OperationRequest, 'pairId' | 'findings'>
  readonly drift?: DriftSeen | undefined
  readonly now: number
}

/** Refuses as a whole: a person who names three findings is not to believe that three are put right. */
export function planAlign(input: AlignInput): Preview {
  const { plan, inventory, request, now } = input
  const inventoryAge = Math.max(0, now - inventory.takenAt)
  const planned = alignmentOf(input)
  const warnings = ageWarning(inventoryAge, plan.limits.inventoryAge).map(plain)
  const seen = { hosts: [], findings: [], warnings, inventoryAge }
  if ('refusals' in planned) return { ...seen, refusals: planned.refusals.map(plain) }
  const spec = specOf(input, planned, request.findings ?? [])
  return { ...seen, refusals: [], spec, eta: etaOf(spec) }
}

type Planned = {
  readonly pair: PlannedPair
  readonly seen: PairSeen
  readonly side: Side
  readonly tasks: Readonly<Record<AlignStageName, readonly Subject[]>>
}

type Refused = { readonly refusals: readonly Weighed[] }

function alignmentOf({ plan, inventory, pairState, request, drift }: AlignInput): Planned | Refused {
  const pair = plan.pairs.find(({ id }) => id === request.pairId)
  if (!pair) return refused('unknownPair', 'The plan has no such pair.', [request.pairId])
  const seen = Object.hasOwn(inventory.pairs, pair.id) ? inventory.pairs[pair.id] : undefined
  if (!seen) return refused('notInInventory', 'The inventory has not seen this pair yet.', [pair.id])
  const { heldBy, activeSide } = pairState
  if (heldBy) {
    const subject = `${heldBy.kind} ${heldBy.operationId}`
    return refused('pairHeld', 'Another operation holds the pair, and this one gives way to all.', [subject])
  }
  // Of one pool that both sides share no side is idle.
  if (idKey(hostPoolIdOf(pair.primary)) === idKey(hostPoolIdOf(pair.secondary)))
    return refused('sharedPool', 'Both sides are one host pool, and people work in it.', [pair.id])
  const wanted = findingsOf(request.findings ?? [], drift)
  if ('refusals' in wanted) return wanted
  const side = otherSide(activeSide)
  return tasksOf(pair, seen, side, wanted)
}

type Fixable = DriftFinding & Required<Pick<DriftFinding, 'fix'>>

function findingsOf(asked: readonly string[], drift: DriftSeen | undefined): readonly Fixable[] | Refused {
  const known = new Map((drift?.findings ?? []).map((one) => [one.fingerprint, one]))
  const names = [...new Set(asked.map((name) => name.toLowerCase()))].sort(byText)
  if (names.length === 0) return refused('nothingToDo', 'No finding was named.', [])
  const gone = names.filter((name) => !known.has(name))
  if (gone.length > 0) return refused('unknownFinding', 'Not found now: gone, waived, or never there.', gone)
  const found = names.flatMap((name) => known.get(name) ?? [])
  const fixable = found.flatMap((one) => (one.fix ? [{ ...one, fix: one.fix }] : []))
  const forPeople = found.filter(({ fix }) => !fix).map(({ fingerprint }) => fingerprint)
  return forPeople.length > 0 ? refused('noFix', 'Nothing that software could do: for people.', forPeople) : fixable
}

function tasksOf(pair: PlannedPair, seen: PairSeen, side: Side, wanted: readonly Fixable[]): Planned | Refused {
  const onActive = wanted.filter(({ fix }) => fix.side !== side).map(({ fingerprint }) => fingerprint)
  if (onActive.length > 0)
    return refused('activeSide', `Users work on the ${otherSide(side)} side: nothing is changed there.`, onActive)
  const groupsToMake = wanted.flatMap(({ fix }) =>
    fix.kind === 'copyApplicationGroup' ? [fix.name.toLowerCase()] : [],
  )
  const place: FixPlace = { pair, seen, side, groupsToMake: new Set(groupsToMake) }
  const tasks = emptyStages()
  const cannot: string[] = []
  for (const { fingerprint, fix } of wanted) {
    const subjects = subjectsOfFix(place, fix)
    const stage = tasks[stageOfFix[fix.kind]]
    // Two rules may want the same: the first one's is done.
    const isNew = ({ key }: Subject) => !stage.some((other) => other.key === key)
    if (typeof subjects === 'string') cannot.push(`${fingerprint}: ${subjects}`)
    else stage.push(...subjects.filter(isNew))
  }
  return cannot.length > 0
    ? refused('cannotFix', 'They cannot be put right as things are.', cannot)
    : { pair, seen, side, tasks }
}

const emptyStages = (): Record<AlignStageName, Subject[]> => ({
  access: [],
  autoscale: [],
  startOnConnect: [],
  drain: [],
  settings: [],
  applicationGroups: [],
  applications: [],
})

const specOf = (
  { plan }: AlignInput,
  { pair, seen, side, tasks }: Planned,
  findings: readonly string[],
): OperationSpec => ({
  ...stayingSpec(plan, pair, seen, side),
  kind: 'align',
  findings: [...new Set(findings.map((name) => name.toLowerCase()))].sort(byText),
  stages: align(side).map((stage) => ({ ...stage, tasks: tasks[stage.name] })),
  out: [],
})

const refused = (code: NoticeCode, message: string, subjects: readonly string[]): Refused => ({
  refusals: [notice('unsafe', code, message, subjects)],
})

const plain = ({ code, message, subjects }: Weighed) => ({ code, message, subjects })
