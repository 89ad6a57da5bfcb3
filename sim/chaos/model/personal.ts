/** Desktops of a personal pool, once an operation is over: each is whole on one side, or the report says what it is. */
import { idKey } from '../../../src/lib/core/arm-id.ts'
import type { HostSeen, ItemSeen, Picture } from './picture.ts'
import { hasMoved, isLeftOver, isOpened, lastPart, namedIn, type Played, tallyOf } from './played.ts'

export function judgePersonal(played: Played): readonly string[] {
  const desktops = played.ids.personal.vms.map((id) => desktopOf(played, id))
  const meant = desktops.filter(({ isMeant }) => isMeant)
  const named = namedIn(played, 'desktops')
  const told = meant.map((desktop) => ({ desktop, trouble: named.get(desktop.name) }))
  const asTold = told.flatMap(({ desktop, trouble }) => {
    switch (trouble?.outcome ?? 'succeeded') {
      case 'succeeded':
        return trouble || hasMoved(played) ? hasArrived(desktop) : wholeSomewhere(desktop)
      case 'degraded':
        return /^Commit/.test(desktop.item?.state ?? '') ? [] : [`${desktop.name} is called degraded and has not moved`]
      case 'aborted':
        return isHome(desktop)
      default:
        return trouble?.fault ? [] : [`${desktop.name} failed without a reason`]
    }
  })
  return [
    ...asTold,
    ...desktops.filter(({ isMeant }) => !isMeant).flatMap(isUntouched),
    ...counted(played, meant, named),
    ...outTold(played, desktops),
    ...poolSettings(played),
  ]
}

type Desktop = {
  readonly name: string
  /** Asked for, and could be moved when the operation began. */
  readonly isMeant: boolean
  readonly isAsked: boolean
  readonly host: HostSeen | undefined
  readonly hostBefore: HostSeen | undefined
  readonly item: ItemSeen | undefined
  readonly itemBefore: ItemSeen | undefined
  readonly played: Played
}

function desktopOf(played: Played, vmId: string): Desktop {
  const { ids, request, before, after } = played
  const name = lastPart(vmId)
  const at = (picture: Picture) => picture.hosts.get(`${idKey(ids.personal.hostPool)}/${name}`)
  const isAsked = !request.hosts || request.hosts.some((asked) => asked.toLowerCase() === name)
  const itemBefore = before.items.get(name)
  const isReady = itemBefore?.state === 'Protected' && (!itemBefore.isCritical || request.primaryIsDown)
  return {
    name,
    isAsked,
    isMeant: isAsked && isReady,
    host: at(after),
    hostBefore: at(before),
    item: after.items.get(name),
    itemBefore,
    played,
  }
}

function hasArrived({ name, host, item, played }: Desktop): readonly string[] {
  const { after, request, isPrimaryLost } = played
  const target = item?.targetVm
  const source = item ? after.vms.get(item.vm) : undefined
  return [
    ...(item?.state === 'Committed' ? [] : [`${name} should have moved and is ${item?.state}`]),
    ...(host?.letsIn ? [] : [`${name} moved and lets its user not in`]),
    ...(target !== undefined && host?.vm === target && host.isBeating
      ? []
      : [`${name} moved and its agent is not there`]),
    ...(target !== undefined && after.vms.get(target)?.isOn ? [] : [`${name} moved and its machine does not run`]),
    ...(source?.isOn && !request.primaryIsDown && !isPrimaryLost ? [`${name} moved and runs at home, too`] : []),
  ]
}

function isHome({ name, host, hostBefore, item, itemBefore, played }: Desktop): readonly string[] {
  const isOn = (picture: Picture) => picture.vms.get(itemBefore?.vm ?? '')?.isOn
  return [
    ...(item?.state === 'Protected' ? [] : [`${name} was taken back and is ${item?.state}`]),
    ...(host?.letsIn === hostBefore?.letsIn ? [] : [`${name} was taken back and stayed drained`]),
    ...(isOn(played.after) === isOn(played.before) || played.isPrimaryLost
      ? []
      : [`${name} was taken back and its machine stayed off`]),
  ]
}

/** The report says nothing of it, and the operation did not move as a whole. */
function wholeSomewhere(desktop: Desktop): readonly string[] {
  const [there, home] = [hasArrived(desktop), isHome(desktop)]
  return there.length === 0 || home.length === 0
    ? []
    : [`${desktop.name} is whole on neither side: ${[...there, ...home].join(', ')}`]
}

function isUntouched({ name, host, hostBefore, item, itemBefore, played }: Desktop): readonly string[] {
  const events = played.events.filter(
    (event) => (event.kind === 'failoverAccepted' || event.kind === 'commitAccepted') && lastPart(event.vm) === name,
  )
  return [
    ...(events.length > 0 || item?.state !== itemBefore?.state
      ? [`${name} was moved although nobody asked for it`]
      : []),
    ...(host?.letsIn === hostBefore?.letsIn ? [] : [`${name} was drained or opened although nobody asked for it`]),
  ]
}

function counted(played: Played, meant: readonly Desktop[], named: ReturnType<typeof namedIn>): readonly string[] {
  const tally = tallyOf(played, 'desktops')?.tally
  if (!tally || !isOpened(played, 'desktops')) return []
  const all = tally.open + tally.succeeded + tally.degraded + tally.failed + tally.aborted
  const quiet = [...named.values()].filter(({ outcome }) => outcome === 'succeeded').length
  const moved = meant.filter((desktop) => hasArrived(desktop).length === 0).length
  return [
    ...(all === meant.length ? [] : [`the report counts ${all} desktops, ${meant.length} were meant`]),
    ...(tally.succeeded === meant.length - named.size + quiet
      ? []
      : [`the report counts ${tally.succeeded} desktops as moved and names ${named.size} of ${meant.length}`]),
    ...(tally.succeeded <= moved ? [] : [`the report counts ${tally.succeeded} desktops as moved, ${moved} are there`]),
  ]
}

/** Who stays behind is said by name, and nobody else. */
function outTold({ report }: Played, desktops: readonly Desktop[]): readonly string[] {
  const told = new Set(report.out.map(({ host }) => host.toLowerCase()))
  const isOut = ({ isAsked, isMeant, itemBefore }: Desktop) =>
    isAsked && !isMeant && (itemBefore === undefined || itemBefore.state === 'Protected')
  return desktops.flatMap((desktop) =>
    isOut(desktop) === told.has(desktop.name)
      ? []
      : [`${desktop.name} is ${told.has(desktop.name) ? '' : 'not '}told to stay behind`],
  )
}

/** With nobody over there, what was prepared for the pool is taken back as well. */
function poolSettings(played: Played): readonly string[] {
  if (hasMoved(played) || [...namedIn(played, 'secure').values()].some(isLeftOver)) return []
  const pool = idKey(played.ids.personal.hostPool)
  return (['scaling', 'startOnConnect'] as const).flatMap((setting) => {
    const [was, is] = [played.before[setting].get(pool), played.after[setting].get(pool)]
    return was === is ? [] : [`${setting} of the personal pool is ${is} and was ${was}`]
  })
}
