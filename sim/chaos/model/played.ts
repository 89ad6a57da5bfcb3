/** One operation as a person at the desk knows it: what was asked for, the estate before and after, and how it ended. */
import type { Report } from '../../../src/lib/execution/report.ts'
import type { OperationRequest } from '../../../src/lib/plan/request.ts'
import type { LedgerEvent } from '../../arm/ledger-types.ts'
import type { FleetIds, SideIds } from '../../fleets/fleet-ids.ts'
import type { Picture } from './picture.ts'

export type Played = {
  readonly ids: FleetIds
  readonly request: OperationRequest
  /** The estate when the night began: what failback puts back. */
  readonly atFirst: Picture
  readonly before: Picture
  readonly after: Picture
  /** Between the two pictures. */
  readonly events: readonly LedgerEvent[]
  readonly outcome: string
  /** The product's own word: compared with everything above, believed in nothing. */
  readonly report: Report
  /** Hosts with locked profiles that an earlier report of the same operation named. */
  readonly toldBefore: ReadonlySet<string>
  /** The primary region is lost: nobody can tell what became of its machines. */
  readonly isPrimaryLost: boolean
  /** Secondary hosts started by the operation that brought the users there. */
  readonly startedThere: ReadonlySet<string>
  /** Pool settings that earlier operations switched off and nobody switched on since: `<setting> <pool>`. */
  readonly switchedOff: ReadonlySet<string>
}

export const sidesOf = ({ ids, request }: Played): { readonly old: SideIds; readonly entered: SideIds } =>
  request.kind === 'failover'
    ? { old: ids.pooled.primary, entered: ids.pooled.secondary }
    : { old: ids.pooled.secondary, entered: ids.pooled.primary }

export const hasMoved = ({ outcome }: Played): boolean => outcome === 'succeeded' || outcome === 'partial'

/** Troubles the report names in these stages, by subject. */
export const namedIn = (
  { report }: Played,
  ...stages: readonly string[]
): ReadonlyMap<string, Report['troubles'][number]> =>
  new Map(
    report.troubles
      .filter(({ stage }) => stages.includes(stage))
      .map((trouble) => [trouble.subject.toLowerCase(), trouble]),
  )

/** Something else than an aborted task, which leaves nothing behind. */
export const isLeftOver = ({ outcome, passedOver }: Report['troubles'][number]): boolean =>
  outcome !== 'aborted' || passedOver.length > 0

export const tallyOf = ({ report }: Played, stage: string) => report.stages.find(({ name }) => name === stage)

export const isOpened = (played: Played, stage: string): boolean =>
  (tallyOf(played, stage)?.status ?? 'waiting') !== 'waiting'

export const lastPart = (id: string): string => id.split('/').at(-1)?.toLowerCase() ?? ''
