/** Hosts, machines and settings of a pooled pair, once an operation is over. */
import { idKey } from '../../../src/lib/core/arm-id.ts'
import type { LedgerEvent } from '../../arm/ledger-types.ts'
import type { SideIds } from '../../fleets/fleet-ids.ts'
import { judgeAccess } from './access.ts'
import type { HostSeen, Picture, VmSeen } from './picture.ts'
import { hasMoved, isLeftOver, isOpened, lastPart, namedIn, type Played, sidesOf, tallyOf } from './played.ts'

export const judgePooled = (played: Played): readonly string[] => [
  ...judgeAccess(played),
  ...(hasMoved(played) ? moved(played) : takenBack(played)),
  ...untouched(played),
  ...settings(played),
  ...capacityCounted(played),
  ...lockedProfiles(played),
]

type Machine = { readonly name: string; readonly vmId: string; readonly host?: HostSeen; readonly vm?: VmSeen }

function machinesOf({ hosts, vms }: Picture, side: SideIds): readonly Machine[] {
  return side.vms.map((id) => {
    const name = lastPart(id)
    const [host, vm] = [hosts.get(`${idKey(side.hostPool)}/${name}`), vms.get(idKey(id))]
    return { name, vmId: idKey(id), ...(host && { host }), ...(vm && { vm }) }
  })
}

const isAsked = ({ request }: Played, name: string): boolean =>
  !request.hosts || request.hosts.some((asked) => asked.toLowerCase() === name)

const ourTag = /^avd-failover:/
const tagOf = ({ ids }: Played, vm: VmSeen | undefined): string | undefined => vm?.tags[ids.exclusionTag]

function moved(played: Played): readonly string[] {
  const { old, entered } = sidesOf(played)
  const inTrouble = namedIn(played, 'capacity', 'handBack', 'settle')
  const left = namedIn(played, 'leave')
  const isScaled = played.after.scaling.get(idKey(entered.hostPool)) === true
  // Autoscale that could not be switched off, which is told, lets people in again as it goes.
  const isOpened = played.after.scaling.get(idKey(old.hostPool)) === true && namedIn(played, 'secure').size > 0
  const there = machinesOf(played.after, entered).filter(({ name }) => isAsked(played, name) && !inTrouble.has(name))
  return [
    ...there.flatMap(({ name, host, vm }) => [
      ...(host?.letsIn || isScaled ? [] : [`${name} was entered and lets nobody in`]),
      ...((host?.isBeating && vm?.isOn) || isScaled || isLost(played, entered)
        ? []
        : [`${name} was entered and does not run`]),
      ...(isScaled || namedIn(played, 'settle').size > 0 || tagOf(played, vm) !== undefined
        ? []
        : [`${name} is in use without its exclusion tag`]),
      ...(isScaled && ourTag.test(tagOf(played, vm) ?? '') ? [`${name} was not handed back to its scaling plan`] : []),
    ]),
    ...machinesOf(played.after, old).flatMap(({ name, host }) => [
      ...(host?.letsIn && !isOpened && !isExcused(played, left.get(name))
        ? [`${name} was left and lets people in`]
        : []),
      ...(host?.sessions && !isExcused(played, left.get(name))
        ? [`${name} was left with ${host.sessions} sessions`]
        : []),
    ]),
    ...(played.request.kind === 'failback' ? stoodDown(played, old) : []),
  ]
}

const isExcused = (
  played: Played,
  trouble: ReturnType<typeof namedIn> extends ReadonlyMap<string, infer T> ? T | undefined : never,
): boolean => played.isPrimaryLost || (trouble !== undefined && isLeftOver(trouble))

function stoodDown(played: Played, old: SideIds): readonly string[] {
  const named = namedIn(played, 'standDown')
  return machinesOf(played.after, old)
    .filter(({ name }) => played.startedThere.has(name) && !named.has(name))
    .flatMap(({ name, vm }) => [
      ...(vm?.isOn ? [`${name} was started by us and is still on`] : []),
      ...(ourTag.test(tagOf(played, vm) ?? '') ? [`${name} went to rest with our tag on`] : []),
    ])
}

/** Everything as it was, but for what the report says could not be taken back. */
function takenBack(played: Played): readonly string[] {
  const { old, entered } = sidesOf(played)
  return [old, entered].flatMap((side) => {
    const isScaled = played.before.scaling.get(idKey(side.hostPool)) === true
    const before = new Map(machinesOf(played.before, side).map((machine) => [machine.name, machine]))
    const named = namedIn(played, side === old ? 'leave' : 'capacity')
    return machinesOf(played.after, side).flatMap(({ name, host, vm }) => {
      const was = before.get(name)
      const trouble = named.get(name)
      if (trouble && isLeftOver(trouble)) return []
      return [
        ...(host?.letsIn === was?.host?.letsIn || isScaled
          ? []
          : [`${name} ${was?.host?.letsIn ? 'stayed drained' : 'stayed open'}`]),
        ...(vm?.isOn === was?.vm?.isOn || isScaled || isLost(played, side)
          ? []
          : [`${name} stayed ${vm?.isOn ? 'on' : 'off'}`]),
        ...(tagOf(played, vm) === tagOf(played, was?.vm) ? [] : [`${name} kept another exclusion tag than it had`]),
      ]
    })
  })
}

const isLost = ({ isPrimaryLost, ids }: Played, side: SideIds): boolean => isPrimaryLost && side === ids.pooled.primary

/** What nobody asked for stays as it was: hosts of the entered side that were not named. */
function untouched(played: Played): readonly string[] {
  const { entered } = sidesOf(played)
  const strangers = new Set(
    machinesOf(played.after, entered).flatMap(({ name }) => (isAsked(played, name) ? [] : [name])),
  )
  return played.events.flatMap((event) => {
    const name = subjectOf(event)
    return name !== undefined && strangers.has(name)
      ? [`${name} was touched (${event.kind}) although nobody asked for it`]
      : []
  })
}

function subjectOf(event: LedgerEvent): string | undefined {
  if ('by' in event && event.by !== undefined) return undefined
  if (event.kind === 'drainSet') return event.host.toLowerCase()
  return event.kind === 'startAccepted' || event.kind === 'deallocateAccepted' || event.kind === 'tagsSet'
    ? lastPart(event.vm)
    : undefined
}

function settings(played: Played): readonly string[] {
  const { old, entered } = sidesOf(played)
  const isNamed = (...stages: string[]) => [...namedIn(played, ...stages).values()].some(isLeftOver)
  return (['scaling', 'startOnConnect'] as const).flatMap((setting) => {
    const at = (picture: Picture, side: SideIds) => picture[setting].get(idKey(side.hostPool))
    const [was, is] = [at(played.before, old), at(played.after, old)]
    if (!hasMoved(played))
      return is === was || isNamed('secure') ? [] : [`${setting} of the side that was not left is ${is} and was ${was}`]
    const isToRestore = played.switchedOff.has(`${setting} ${idKey(entered.hostPool)}`)
    const wanted = isToRestore ? true : at(played.before, entered)
    const there = at(played.after, entered)
    return [
      ...(is === true && !isNamed('secure') ? [`${setting} of the side that was left is still on`] : []),
      ...(there === wanted || isNamed('settle')
        ? []
        : [`${setting} of the side that was entered is ${there}, should be ${wanted}`]),
    ]
  })
}

/** Planned = succeeded + degraded + failed + aborted, and those that succeeded are there. */
function capacityCounted(played: Played): readonly string[] {
  const tally = tallyOf(played, 'capacity')?.tally
  if (!tally || !isOpened(played, 'capacity')) return []
  const { entered } = sidesOf(played)
  const asked = entered.vms.filter((id) => isAsked(played, lastPart(id))).length
  const counted = tally.open + tally.succeeded + tally.degraded + tally.failed + tally.aborted
  const told = new Set(namedIn(played, 'capacity').keys())
  const quiet = [...played.report.troubles].filter(
    ({ stage, outcome }) => stage === 'capacity' && outcome === 'succeeded',
  ).length
  const unnamed = asked - told.size + quiet
  return [
    ...(counted === asked ? [] : [`the report counts ${counted} hosts to start, ${asked} were asked for`]),
    ...(tally.succeeded === unnamed || !hasMoved(played)
      ? []
      : [`the report counts ${tally.succeeded} hosts ready and names all but ${unnamed}`]),
  ]
}

/** Hosts of the old side with sessions when the first grant was accepted: the report names each. */
function lockedProfiles(played: Played): readonly string[] {
  const { old, entered } = sidesOf(played)
  const there = new Set(entered.applicationGroups.map(idKey))
  const first = played.events.find((event) => event.kind === 'granted' && there.has(event.scope))
  if (!first || !hasMoved(played)) return []
  const open = new Map(machinesOf(played.before, old).map(({ name, host }) => [name, host?.sessions ?? 0]))
  for (const event of played.events) {
    if (event.at > first.at) break
    if (event.kind !== 'sessionOpened' && event.kind !== 'sessionEnded') continue
    const name = event.host.toLowerCase()
    if (event.pool === idKey(old.hostPool))
      open.set(name, (open.get(name) ?? 0) + (event.kind === 'sessionOpened' ? 1 : -1))
  }
  const named = new Set(played.report.lockedProfiles?.hosts.map(({ host }) => host.toLowerCase()))
  return [...open].flatMap(([name, count]) =>
    count > 0 && !named.has(name) && !played.toldBefore.has(name)
      ? [`${name} had ${count} sessions when access was granted, and the report does not say so`]
      : [],
  )
}
