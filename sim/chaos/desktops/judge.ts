/** What must hold of every desktop when such a night is over, from the estate and the ledger; reports are compared, not believed. */
import { idKey } from '../../../src/lib/core/arm-id.ts'
import type { Report } from '../../../src/lib/execution/report.ts'
import type { SimReplicatedItem, SimVm } from '../../arm/estate-types.ts'
import type { LedgerEvent } from '../../arm/ledger-types.ts'
import { extensionMixes, monitorAgent } from '../../estate/extension-sets.ts'
import { guestOf } from '../../estate/guest.ts'
import { worldOf } from '../../estate/world.ts'
import { conservation } from '../check-end.ts'
import { lastPart } from '../model/played.ts'
import { type Going, waitingOf } from './going.ts'
import { committedAlive, followedOnce, pointsAcceptedOnce, type Reported, short, type Told } from './once.ts'

export async function judgeDesktops(
  going: Going,
  { isOver, rested }: { readonly isOver: boolean; readonly rested: number },
): Promise<readonly string[]> {
  const { world, portal } = going
  const { story, operator } = world
  const { events } = story.region.sim.ledger
  const told = await whatWasTold(going)
  return [
    ...(isOver ? [] : ['the night does not end: something is still under way or waits']),
    ...(await waitingOf(going)).map((line) => `still open: ${line}`),
    ...(await conserved(going)),
    ...operator.verdict().violations.map(({ rule, subject, detail }) => `${rule}: ${subject}: ${detail}`),
    ...portal.broken,
    ...pointsAcceptedOnce(events(), told.reports),
    ...followedOnce(told),
    ...committedAlive(events(), told.reports),
    ...desktopsOf(going).flatMap((desktop) => judgeDesktop(going, desktop, told)),
    ...(isOver ? afterwards(events().slice(rested)) : []),
  ]
}

async function whatWasTold({ world, ids, pairId }: Going): Promise<Told> {
  const { operator, story } = world
  const reports: Reported[] = []
  for (const id of ids) {
    const text = await operator.ask(story.desk.world.reports.get(`${id}.json`))
    const hosts = new Map(
      (await operator.tasks(id)).map(({ key, state }) => [
        short(key),
        state.status === 'over' ? state.outcome : 'open',
      ]),
    )
    if (text !== undefined) reports.push({ ...(JSON.parse(text) as Report), hosts })
  }
  reports.sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
  return { reports, followUps: await operator.ask(story.desk.world.followUps.ofPair(pairId)) }
}

async function conserved({ world, ids, pairId }: Going): Promise<readonly string[]> {
  const { operator, story } = world
  const broken: string[] = []
  for (const id of ids) {
    const record = await operator.operation(id)
    if (record.state.status !== 'over') {
      broken.push(`${record.kind} ${id} does not end`)
      continue
    }
    // Whoever takes a pair over leaves the tasks of the other as they are, and nobody looks at them any more.
    if (record.state.outcome !== 'takenOver')
      broken.push(...(await conservation(story, operator, record, await operator.tasks(id))))
    const text = await operator.ask(story.desk.world.reports.get(`${id}.json`))
    if (text === undefined) broken.push(`${record.kind} ${id} is over, and no report of it`)
  }
  const { heldBy } = (await operator.ask(story.desk.world.pairs.load(pairId))).value
  return heldBy ? [...broken, `${pairId} is still held by ${heldBy.operationId}`] : broken
}

type Desktop = {
  readonly name: string
  readonly item: SimReplicatedItem
  /** The machine people are to work on. */
  readonly machine: SimVm | undefined
  readonly running: readonly SimVm[]
  readonly carried: readonly string[]
  readonly isMonitored: boolean
  /** When the machine was made by a failover. */
  readonly madeAt: number | undefined
  /** Somebody in the portal drains nobody: people come back to the old machine, and start it (Start VM on Connect). */
  readonly isByPerson: boolean
}

function desktopsOf({ world }: Going): readonly Desktop[] {
  const { story, fleet, ids } = world
  const { estate, ledger } = story.region.sim
  const sets = extensionMixes[fleet.extensions]
  return ids.personal.vms.flatMap((id, i) => {
    const name = lastPart(id)
    const item = [...estate.replicatedItems.values()].find(({ vmName }) => vmName.toLowerCase() === name)
    if (!item) return []
    const hasMoved = item.state.now() === 'CommitPending' || item.state.now() === 'Committed'
    const set = sets[i % sets.length] ?? []
    const made = ledger
      .events()
      .filter(makesMachine)
      .findLast(({ vm }) => lastPart(vm) === name)
    return [
      {
        name,
        item,
        machine: estate.vms.get(hasMoved ? (item.targetVm ?? '') : item.vm),
        running: [...estate.vms.values()].filter(
          (vm) => vm.name.toLowerCase() === name && vm.power.now() === 'running',
        ),
        carried: set.filter(({ type }) => !neverAgain.has(type)).map((extension) => extension.name),
        isMonitored: set.includes(monitorAgent),
        madeAt: made?.at,
        isByPerson: isPersonsLast(ledger.events(), name),
      },
    ]
  })
}

/** A failover that fails leaves the machine off, and nobody but the person who began it knows. */
const isPersonsLast = (events: readonly LedgerEvent[], name: string): boolean => {
  const own = events.flatMap((event) =>
    event.kind === 'failoverAccepted' && lastPart(event.vm) === name ? [event] : [],
  )
  return own.at(-1)?.by === 'person'
}

/** They join a machine that is new: never a second time. */
const neverAgain: ReadonlySet<string> = new Set(['JsonADDomainExtension', 'DSC'])

const makesMachine = (event: LedgerEvent): event is Extract<LedgerEvent, { kind: 'jobEnded' }> =>
  event.kind === 'jobEnded' &&
  event.state === 'Succeeded' &&
  (event.scenario === 'UnplannedFailover' || event.scenario === 'ApplyRecoveryPoint')

function judgeDesktop(going: Going, desktop: Desktop, told: Told): readonly string[] {
  const { name, item, machine, running, isByPerson } = desktop
  const { estate } = going.world.story.region.sim
  const host = estate.sessionHosts.get(`${idKey(going.world.ids.personal.hostPool)}/${name}`)
  if (!machine || !host) return [`${name} has no machine where Site Recovery says ${item.state.now()}`]
  const isNamed = isTroubled(desktop, told) || worldOf(going.world.story.region.sim).broken.has(machine)
  const isOnSide = host.vm === idKey(machine.id) && host.beatingSince !== undefined
  return [
    ...(running.length > 1 && !going.mayRunTwice && !isByPerson ? [`${name} runs on both sides`] : []),
    ...(isOnSide || isNamed || isByPerson ? [] : [`${name} is ${item.state.now()} and its agent is not there`]),
    ...(host.allowNewSession.now() || isNamed ? [] : [`${name} is drained, and no report names it`]),
    ...equipment(going, desktop, told),
    ...protection(going, desktop, told),
  ]
}

/** The last operation that moved it names it, or one that ended since. */
function isTroubled({ name }: Desktop, { reports }: Told): boolean {
  const moved = reports.findLastIndex((report) => moves.has(report.kind) && report.hosts.has(name))
  return reports.slice(Math.max(moved, 0)).some((report) => names(report, name))
}

const moves: ReadonlySet<string> = new Set(['failover', 'failback', 'changeRecoveryPoint'])
const names = ({ troubles }: Report, name: string): boolean => troubles.some(({ subject }) => short(subject) === name)

function equipment({ world, portal }: Going, desktop: Desktop, told: Told): readonly string[] {
  const { name, machine, carried, isMonitored, madeAt } = desktop
  if (!machine?.failedOver || madeAt === undefined) return []
  const guest = guestOf(world.story.region.sim, machine)
  const there = new Set(guest.extensions.now().flatMap((one) => (one.state === 'Succeeded' ? [one.name] : [])))
  const missing = [
    ...carried.filter((extension) => !there.has(extension)),
    ...(isMonitored && guest.associations.now().length === 0 ? ['the association'] : []),
  ]
  if (missing.length === 0 || portal.untold.has(name)) return []
  const isNamed = told.reports.some(
    (report) => (report.endedAt ?? 0) >= madeAt && (names(report, name) || lacks(report, name)),
  )
  const isGivenUp = told.followUps.some(
    ({ kind, host, ended }) =>
      kind === 'restoreExtensions' &&
      short(host) === name &&
      (ended?.at ?? 0) >= madeAt &&
      !/^done by \S+$/.test(ended?.how ?? ''),
  )
  return isNamed || isGivenUp ? [] : [`${name} has not back ${missing.join(', ')}, and nobody says so`]
}

const lacks = ({ extensions }: Report, name: string): boolean =>
  extensions?.missing.some(({ hosts }) => hosts.some((host) => short(host) === name)) === true

/** Where the plan says so, whom a failover or failback of ours has moved is protected again, or is named. */
function protection(
  { replicated }: Going,
  { name, item, madeAt }: Desktop,
  { reports, followUps }: Told,
): readonly string[] {
  if (replicated.reprotect !== 'auto' || item.state.now() !== 'Committed') return []
  const since = (at = 0) => at >= (madeAt ?? 0)
  const noted = followUps.filter(
    ({ kind, host, ended }) => kind === 'reprotect' && short(host) === name && since(ended?.at),
  )
  const isGivenUp = noted.some(({ ended }) => /^given up/.test(ended?.how ?? ''))
  const moved = reports.findLast(
    (report) => (report.kind === 'failover' || report.kind === 'failback') && report.hosts.get(name) === 'succeeded',
  )
  const byUs = moved !== undefined && (moved.startedAt ?? 0) <= (madeAt ?? 0) && since(moved.endedAt)
  const isNamed = reports.some((report) => since(report.endedAt) && names(report, name))
  return byUs && !isGivenUp && !isNamed ? [`${name} is Committed, and the plan wants it protected again by itself`] : []
}

const ours: ReadonlySet<LedgerEvent['kind']> = new Set([
  'failoverAccepted',
  'commitAccepted',
  'reprotectAccepted',
  'recoveryPointAccepted',
  'extensionAccepted',
  'extensionRemoved',
  'associationAccepted',
  'startAccepted',
  'drainSet',
  'messageSent',
])

const afterwards = (events: readonly LedgerEvent[]): readonly string[] =>
  events
    .filter((event) => ours.has(event.kind) && !('by' in event && event.by !== undefined))
    .map((event) => `${event.kind} at ${new Date(event.at).toISOString()}, after everything was over`)
