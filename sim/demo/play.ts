/** What the operator does: take inventory, look at the preview, approve it, watch. */
import { type Instant, seconds, spell } from '../../src/lib/core/time.ts'
import type { OperationView } from '../../src/lib/status/operation-view.ts'
import type { Asked, Client, Previewed, Report, ViewedEvent } from './client.ts'
import type { Screen } from './screen.ts'
import { clockText, plural, someOf } from './text.ts'

export type Desk = {
  readonly client: Client
  readonly screen: Screen
  readonly now: () => Instant
  /** Throws when a process of the demo is gone. */
  readonly checkAlive: () => void
  readonly lateness: Lateness
}

/** Tasks that were under way whenever somebody looked, and those of them that had been due for too long. */
export type Lateness = { underWay: number; late: number }

/** Storage rounds up to whole seconds and the host looks every two: what is later than that waits for this machine. */
const lateAfter = seconds(3)

export type Played = {
  readonly view: OperationView
  readonly report: Report
  readonly events: readonly ViewedEvent[]
}

/** Real milliseconds between two looks. */
const lookEvery = 2_000
/** Listing every task costs the machine more than a look. */
const looksPerSample = 2

/** Starts all of them at once and answers when all are concluded. Throws when planning refuses or a person is asked. */
export async function play(desk: Desk, requests: readonly Asked[]): Promise<readonly Played[]> {
  const { client, screen } = desk
  const hashes: string[] = []
  for (const asked of requests) {
    const preview = await client.preview(asked)
    for (const line of previewLines(asked, preview)) screen.say(line)
    if (preview.hash === undefined) throw new Error(`planning refuses ${asked.pairId}: nothing is started`)
    hashes.push(preview.hash)
  }
  const begun = desk.now()
  const ids: string[] = []
  for (const hash of hashes) ids.push(await client.start(hash))
  screen.say(`Approved and started: ${ids.join(', ')}`)
  screen.say('')
  await watch(desk, ids, begun)
  return Promise.all(ids.map((id) => conclusion(client, id)))
}

async function watch(desk: Desk, ids: readonly string[], begun: Instant): Promise<void> {
  const { client, screen, now, checkAlive } = desk
  for (let looks = 1; ; looks += 1) {
    checkAlive()
    if (looks % looksPerSample === 0) await sample(desk, ids)
    const views = await Promise.all(ids.map(client.view))
    screen.show(views, begun, now())
    const asking = views.find(({ status }) => status === 'asking')
    if (asking) throw new Error(`${asking.pairId} asks a person, and nobody is here: ${asking.question?.text}`)
    const active = views.every(({ status }) => status === 'over') ? await client.active() : ids
    if (!ids.some((id) => active.includes(id))) break
    await new Promise((resolve) => setTimeout(resolve, lookEvery))
  }
  screen.rest()
}

async function sample({ client, now, lateness }: Desk, ids: readonly string[]): Promise<void> {
  const due = now() - lateAfter
  const open = (await Promise.all(ids.map(client.tasks))).flat().filter(({ status }) => status === 'open')
  lateness.underWay += open.length
  lateness.late += open.filter(({ dueAt }) => Date.parse(dueAt) < due).length
}

async function conclusion(client: Client, id: string): Promise<Played> {
  const [view, report, events] = await Promise.all([client.view(id), client.report(id), client.events(id)])
  if (!report) throw new Error(`operation ${id} is concluded without a report`)
  return { view, report, events }
}

function previewLines({ pairId, kind }: Asked, preview: Previewed): string[] {
  const { hosts, refusals, findings, warnings, eta } = preview
  const codes = new Map<string, number>()
  for (const { code } of hosts) codes.set(code, (codes.get(code) ?? 0) + 1)
  const counted = [...codes].map(([code, count]) => `${count} ${hostWords[code] ?? code}`).join(', ')
  const milestones = (eta?.milestones ?? []).map(({ name, at }) => `${words(name)} ${clockText(at)}`)
  const notices = (title: string, all: Previewed['warnings']) =>
    all.map(({ code, message, subjects }) => {
      const about = subjects.length > 0 ? ` (${someOf(subjects, 3)})` : ''
      return `  ${title} ${code}: ${message}${about}`
    })
  return [
    `Preview of the ${kind} of ${pairId}: ${counted}; inventory ${spell(preview.inventoryAge)} old`,
    ...(eta ? [`  in ${plural(eta.batches, 'batch', 'batches')}; ${milestones.join(', ')}`] : []),
    ...notices('refused', refusals),
    ...notices('accepted', findings),
    ...notices('warning', warnings),
    ...(preview.hash === undefined ? [] : [`  approved by its hash ${preview.hash}`]),
  ]
}

const hostWords: Readonly<Record<string, string>> = {
  starts: 'hosts start',
  leaves: 'hosts are left',
  moves: 'desktops move',
}

/** `lastDesktopBack` → `last desktop back` */
const words = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
