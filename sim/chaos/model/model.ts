/**
 * What must hold when an operation is over, from what was asked for, the estate before, the ledger, and how it ended.
 * The product's rows are never read; its report is compared: whatever is not as it should be must be named there.
 */
import type { LedgerEvent } from '../../arm/ledger-types.ts'
import { judgePersonal } from './personal.ts'
import type { Played } from './played.ts'
import { judgePooled } from './pooled.ts'

export function judgePlayed(played: Played): readonly string[] {
  const { report, request, outcome } = played
  const isTold = report.outcome === outcome && report.pairId === request.pairId && report.kind === request.kind
  return [
    ...(isTold
      ? []
      : [`the report tells of a ${report.kind} of ${report.pairId} that ${report.outcome}, it ${outcome}`]),
    ...judgeParts(played),
  ].map((line) => `${request.kind} of ${request.pairId}, ${outcome}: ${line}`)
}

function judgeParts(played: Played): readonly string[] {
  // Another operation held the pair, or the time came and planning had changed its mind: nothing was begun.
  if (played.outcome === 'refused' || played.outcome === 'takenOver') return []
  return played.request.pairId.startsWith('personal') ? judgePersonal(played) : judgePooled(played)
}

/** Writes of the app, which nobody is to see once everything is over. */
export const isOurs = (event: LedgerEvent): boolean =>
  ourKinds.has(event.kind) && !('by' in event && event.by !== undefined)

const ourKinds: ReadonlySet<LedgerEvent['kind']> = new Set([
  'failoverAccepted',
  'commitAccepted',
  'startAccepted',
  'deallocateAccepted',
  'granted',
  'revoked',
  'drainSet',
  'messageSent',
  'tagsSet',
  'scalingPlanSet',
  'startOnConnectSet',
])
