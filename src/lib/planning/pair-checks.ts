/** Whether the pair may be touched at all. */
import { rank } from '../machine/spec.ts'
import { writeDuration } from '../plan/duration.ts'
import { limitWarnings } from '../plan/plan-warnings.ts'
import { type HostDecision, notice, type Weighed } from './preview.ts'
import { isNamed, type Situation, tagOfScalingPlan } from './situation.ts'

export const pairChecks = (situation: Situation): readonly Weighed[] => [
  ...direction(situation),
  ...holder(situation),
  ...poolTypes(situation),
  ...scalingTags(situation),
  ...limitWarnings(situation.plan.limits).map(({ code, message }) => notice('warns', code, message)),
  ...waiver(situation),
]

/** Hosts that were asked for by name and do not exist. */
export function unknownHosts({ request, seen }: Situation): readonly Weighed[] {
  if (!request.hosts) return []
  const hosts = [...(seen.primary.sessionHosts ?? []), ...(seen.secondary.sessionHosts ?? [])]
  const unknown = request.hosts.filter(
    (name) => !hosts.some((host) => isNamed(new Set([name.toLowerCase()]), host.name)),
  )
  return unknown.length === 0 ? [] : [notice('unsafe', 'unknownHost', 'The pair has no such session host.', unknown)]
}

/** Hosts that stay behind stop the others until the request accepts them; with the primary down they do not. */
export function outNotices(
  { request, oldSideIsDown, moves }: Situation,
  decisions: readonly HostDecision[],
): readonly Weighed[] {
  const out = decisions.filter(({ decision, code }) => decision === 'out' || code === 'leavesWithoutCounterpart')
  if (out.length === 0) return []
  const accepted = new Set(request.acceptOut === 'all' ? [] : request.acceptOut.map((name) => name.toLowerCase()))
  const open = request.acceptOut === 'all' ? [] : out.filter(({ host }) => !isNamed(accepted, host))
  const names = out.map(({ host }) => host)
  if (open.length === 0) return [notice('warns', 'outAccepted', 'Accepted by the request.', names)]
  if (oldSideIsDown) return [notice('warns', 'hostsOut', 'They stay behind.', names)]
  if (!moves) return [notice('warns', 'hostsOut', 'They cannot be part of it.', names)]
  const text = 'They cannot be part of it or nothing takes their place; the others go once this list is accepted.'
  return [
    notice(
      'refuses',
      'hostsOut',
      text,
      open.map(({ host }) => host),
    ),
  ]
}

/** Desktops move one by one, and each item says where its own is: some may have gone before the others. */
function direction({ pair, request, pairState, oldSide, newSide, moves }: Situation): readonly Weighed[] {
  const wrong = pair.strategy !== 'personalReplicated' && pairState.activeSide !== oldSide
  const going = moves ? 'Users would go to' : 'The machines run on'
  return [
    ...(wrong ? [notice('unsafe', 'wrongDirection', `Users are on the ${pairState.activeSide} side already.`)] : []),
    ...(request.primaryIsDown && newSide === 'primary'
      ? [notice('unsafe', 'wrongTarget', `${going} the primary, which is said to be down.`)]
      : []),
  ]
}

function holder({ pairState: { heldBy }, request }: Situation): readonly Weighed[] {
  if (!heldBy) return []
  const subject = `${heldBy.kind} ${heldBy.operationId}`
  return rank[heldBy.kind] <= rank[request.kind]
    ? [notice('unsafe', 'pairHeld', 'Another operation holds the pair and does not give way.', [subject])]
    : [notice('warns', 'takesOver', 'The pair is taken over from this operation.', [subject])]
}

function poolTypes({ pair, seen }: Situation): readonly Weighed[] {
  const wanted = pair.strategy === 'pooledStandby' ? 'Pooled' : 'Personal'
  const wrong = [seen.primary.hostPool, seen.secondary.hostPool].flatMap((pool) =>
    pool && pool.type !== wanted ? [pool.name] : [],
  )
  if (wrong.length === 0) return []
  return [
    notice('unsafe', 'wrongTarget', `The strategy ${pair.strategy} is for a ${wanted.toLowerCase()} host pool.`, wrong),
  ]
}

function scalingTags({ pair, seen }: Situation): readonly Weighed[] {
  const differing = (['primary', 'secondary'] as const).filter((side) => {
    const [planned, found] = [pair[side].exclusionTag, tagOfScalingPlan(seen[side])]
    return planned !== undefined && found !== undefined && planned.toLowerCase() !== found.toLowerCase()
  })
  if (differing.length === 0) return []
  const text = "The plan's exclusion tag is not the scaling plan's: autoscale would not leave tagged hosts alone."
  return [notice('warns', 'exclusionTagDiffers', text, differing)]
}

const waiver = ({ request }: Situation): readonly Weighed[] =>
  request.grantWithoutSignOutProof
    ? [
        notice(
          'warns',
          'signOutProofWaived',
          'Access is granted even where sessions cannot be proven gone: their users may meet a locked profile.',
        ),
      ]
    : []

export const ageWarning = (age: number, longest: number): readonly Weighed[] =>
  age > longest ? [notice('warns', 'oldInventory', `The inventory is older than ${writeDuration(longest)}.`)] : []
