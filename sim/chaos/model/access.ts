/** Who must have access where, once a pooled pair's operation is over. */
import { idKey } from '../../../src/lib/core/arm-id.ts'
import type { LedgerEvent } from '../../arm/ledger-types.ts'
import type { SideIds } from '../../fleets/fleet-ids.ts'
import type { AssignmentSeen, Picture } from './picture.ts'
import { hasMoved, isLeftOver, lastPart, namedIn, type Played, sidesOf, tallyOf } from './played.ts'

/** Place of the application group, principal and role: the same on both sides. */
type Access = ReadonlyMap<string, AssignmentSeen>

function accessOf({ assignments }: Picture, { applicationGroups }: SideIds): Access {
  const places = new Map(applicationGroups.map((id, i) => [idKey(id), i]))
  return new Map(
    assignments.flatMap((one) => {
      const place = places.get(one.scope)
      return place === undefined ? [] : [[`${place} ${one.principal} ${one.role}`, one] as const]
    }),
  )
}

export function judgeAccess(played: Played): readonly string[] {
  const { old, entered } = sidesOf(played)
  const before = { old: accessOf(played.before, old), entered: accessOf(played.before, entered) }
  const after = { old: accessOf(played.after, old), entered: accessOf(played.after, entered) }
  if (!hasMoved(played))
    return [...asBefore(played, before.old, after.old), ...same('gained', before.entered, after.entered)]
  const moving = [...before.old.keys()].filter((key) => isAsked(played, key))
  return [
    ...moving.flatMap((key) => arrived(played, key, before.old, after)),
    ...[...before.old.keys()]
      .filter((key) => !moving.includes(key) && !after.old.has(key))
      .map((key) => `access ${key}: taken away although nobody asked for it`),
    ...[...after.old.keys()]
      .filter((key) => !before.old.has(key))
      .map((key) => `access ${key}: new on the side that was left`),
    ...[...after.entered.keys()]
      .filter((key) => !before.entered.has(key) && !moving.includes(key) && !isRecorded(played, key))
      .map((key) => `access ${key}: came from nowhere`),
    ...[...before.entered.keys()]
      .filter((key) => !after.entered.has(key))
      .map((key) => `access ${key}: lost on the side that was entered`),
    ...counted(played, moving.filter((key) => after.entered.has(key)).length),
    ...gapTold(played),
  ]
}

function isAsked({ request, ids }: Played, key: string): boolean {
  if (!request.applicationGroups) return true
  const place = Number(key.split(' ')[0])
  const name = lastPart(ids.pooled.primary.applicationGroups[place] ?? '')
  return request.applicationGroups.some((asked) => asked.toLowerCase() === name)
}

const isRecorded = (played: Played, key: string): boolean =>
  played.request.kind === 'failback' && accessOf(played.atFirst, played.ids.pooled.primary).has(key)

/** As the report names it: the primary application group and the principal. */
function isNamed(played: Played, key: string, stage: string): boolean {
  const [place, principal = ''] = key.split(' ')
  const group = lastPart(played.ids.pooled.primary.applicationGroups[Number(place)] ?? '')
  const trouble = [...namedIn(played, stage).values()].find(({ subject }) =>
    subject.toLowerCase().startsWith(`${group}--${principal}`),
  )
  return trouble !== undefined && isLeftOver(trouble)
}

function arrived(
  played: Played,
  key: string,
  before: Access,
  after: { readonly old: Access; readonly entered: Access },
): readonly string[] {
  const there = after.entered.get(key)
  const wanted =
    played.request.kind === 'failback' ? accessOf(played.atFirst, played.ids.pooled.primary).get(key) : undefined
  return [
    ...(after.old.has(key) ? [`access ${key}: still on the side that was left`] : []),
    ...(there || isNamed(played, key, 'grant')
      ? []
      : [`access ${key}: on neither side, and the report does not say so`]),
    ...(there && there.condition !== before.get(key)?.condition ? [`access ${key}: its condition was changed`] : []),
    ...(there && wanted && there.name !== wanted.name
      ? [`access ${key}: put back as another assignment than it was`]
      : []),
  ]
}

function asBefore(played: Played, before: Access, after: Access): readonly string[] {
  const broken = [...before].flatMap(([key, was]) => {
    const is = after.get(key)
    if (!is) return isNamed(played, key, 'revoke') ? [] : [`access ${key}: not given back`]
    return is.name === was.name && is.condition === was.condition
      ? []
      : [`access ${key}: given back as another assignment`]
  })
  return [...broken, ...[...after.keys()].filter((key) => !before.has(key)).map((key) => `access ${key}: new at home`)]
}

const same = (what: string, before: Access, after: Access): readonly string[] => [
  ...[...after.keys()].filter((key) => !before.has(key)).map((key) => `access ${key}: ${what} on the other side`),
  ...[...before.keys()].filter((key) => !after.has(key)).map((key) => `access ${key}: lost on the other side`),
]

/** The report's count of grants is the number of assignments that are there. */
function counted(played: Played, there: number): readonly string[] {
  const tally = tallyOf(played, 'grant')?.tally
  const told = (tally?.succeeded ?? 0) + (tally?.degraded ?? 0)
  const recorded = played.request.kind === 'failback' ? accessOf(played.atFirst, played.ids.pooled.primary).size : there
  const isRight = told >= there && told <= Math.max(there, recorded)
  return isRight ? [] : [`the report counts ${told} grants, ${there} assignments are there`]
}

/** Storage tells whole seconds, and a clock that hears from it now and then is good to about as much. */
const tolerance = 3_000

function gapTold({ events, report }: Played): readonly string[] {
  const first = events.find((event) => event.kind === 'revoked' && isApp(event))
  const last = events.findLast((event) => event.kind === 'granted')
  if (!first || !last || report.accessGap === undefined) return []
  const gap = last.at - first.at
  return report.accessGap >= gap - tolerance
    ? []
    : [`the report tells a gap of ${report.accessGap} ms, it was ${gap} ms`]
}

const isApp = (event: LedgerEvent): boolean => !('by' in event && event.by !== undefined)
