/**
 * One message for all changes of a pair in one evaluation. It is saved with the findings it tells of, in the row of the
 * evaluation, then sent, then taken out of the row. Who stops before the save has changed nothing: the next evaluation comes
 * to the same changes. Who stops behind it leaves the message on record, and the next evaluation sends it before anything
 * else. Who stops between sending and taking it out makes it go out twice.
 */
import { type Instant, isoOf, type Millis, minutes } from '../core/time.ts'
import type { EvaluationRecord, FindingsOfPair } from '../ports/findings.ts'
import type { Json } from '../ports/storage.ts'
import type { World } from '../ports/world.ts'
import { type ChangeKind, type FindingChange, severityRank } from './fold-findings.ts'

type Parts = Pick<World, 'clock' | 'log' | 'findings' | 'notifications'>

/** Saving thousands of findings and sending one message takes seconds: whoever has not done it by now has died. */
const tellingTakes: Millis = minutes(2)
/** Characters of JSON for the changes: of three bytes each they stay below the 48 KiB that fit into a message of 64. */
const mostCharacters = 14_000
/** Characters. The view has the whole. */
const longestEvidence = 300
const longestSubject = 200

/** Undefined: nothing anybody has to know. */
export function messageOf(
  pairId: string,
  at: Instant,
  changes: readonly FindingChange[],
): { readonly [key: string]: Json } | undefined {
  if (changes.length === 0) return undefined
  const told = fitting([...changes].sort((a, b) => rankOf(a) - rankOf(b)))
  const of = (kind: ChangeKind) => told.filter((one) => one.kind === kind).map(({ line }) => line)
  const count = (kind: ChangeKind) => changes.filter((one) => one.kind === kind).length
  const kinds: readonly ChangeKind[] = ['opened', 'reopened', 'worse', 'waiverEnded', 'resolved']
  return {
    v: 1,
    event: 'findings',
    pairId,
    at: isoOf(at),
    counts: Object.fromEntries(kinds.map((kind) => [kind, count(kind)])),
    ...Object.fromEntries(kinds.map((kind) => [kind, of(kind)])),
    ...(told.length < changes.length && { left: changes.length - told.length }),
  }
}

/** Sends what is on record and takes it out. The pair as it is then; undefined: somebody else is at it, or was faster. */
export async function tellPending(world: Parts, pair: FindingsOfPair): Promise<FindingsOfPair | undefined> {
  const { untold } = pair.evaluation
  if (!untold) return pair
  const now = world.clock.now()
  if (now - untold.at < tellingTakes) return undefined
  const claimed: EvaluationRecord = { ...pair.evaluation, untold: { ...untold, at: now } }
  const etag = await world.findings.save(claimed, pair.etag, [])
  return etag === undefined ? undefined : tell(world, { ...pair, evaluation: claimed, etag })
}

/** The message that was saved with this etag. */
export async function tell(world: Parts, pair: FindingsOfPair): Promise<FindingsOfPair | undefined> {
  const { untold, ...evaluation } = pair.evaluation
  if (!untold) return pair
  await world.notifications.send(untold.message, 0)
  const etag = await world.findings.save(evaluation, pair.etag, [])
  return etag === undefined ? undefined : { ...pair, evaluation, etag }
}

/** The worst first; what is resolved last. */
const rankOf = ({ kind, finding }: FindingChange): number =>
  severityRank[finding.severity] + (kind === 'resolved' ? 10 : 0)

function fitting(changes: readonly FindingChange[]) {
  const lines = changes.map(({ kind, finding: { rule, subject, severity, evidence } }) => ({
    kind,
    line: {
      rule,
      subject: subject.slice(0, longestSubject),
      severity,
      evidence: evidence.slice(0, longestEvidence),
    },
  }))
  let room = mostCharacters
  return lines.filter(({ line }) => {
    room -= JSON.stringify(line).length + 1
    return room >= 0
  })
}
