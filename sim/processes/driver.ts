/** The person at the desk: starts both failovers, and looks until they are concluded. */
import { hours, isoOf, type Millis } from '../../src/lib/core/time.ts'
import { createStorage } from '../../src/lib/storage/storage.ts'
import { createStores } from '../../src/lib/storage/stores.ts'
import type { WaitingClock } from '../clock.ts'
import type { Client } from '../demo/client.ts'

export type Desk = {
  readonly client: Client
  readonly clock: WaitingClock
  readonly say: (line: string) => void
  readonly pairIds: readonly string[]
  /** Throws when the world itself has failed. */
  readonly check: () => void
}

/** However bad it gets, it ends within this. */
const limit: Millis = hours(2)
/** Real milliseconds between two looks. */
const lookEvery = 1_000

/** Answers what is wrong with the operations' own end; for what happened, the ledger is asked. */
export async function attend(desk: Desk): Promise<readonly string[]> {
  const { client, clock, pairIds, check } = desk
  const until = clock.now() + limit
  const ids: string[] = []
  for (const pairId of pairIds) {
    const { hash, refusals } = await client.preview({ pairId, kind: 'failover' })
    if (hash === undefined) throw new Error(`planning refuses ${pairId}: ${JSON.stringify(refusals)}`)
    ids.push(await client.start(hash))
  }
  const told = new Map<string, string>()
  for (;;) {
    check()
    const views = await Promise.all(ids.map(client.view))
    for (const view of views) tell(desk, told, view)
    const asking = views.find(({ status }) => status === 'asking')
    if (asking) return [`${asking.pairId} asks a person: ${asking.question?.text}`, ...(await tellTasks(desk, ids))]
    const active = views.every(({ status }) => status === 'over') ? await client.active() : ids
    if (active.length === 0) break
    if (clock.now() > until) return ['an operation does not end', ...(await tellTasks(desk, ids))]
    await new Promise((resolve) => setTimeout(resolve, lookEvery))
  }
  const views = await Promise.all(ids.map(client.view))
  const unwell = views.filter(({ outcome }) => outcome !== 'succeeded')
  if (unwell.length > 0) await tellTasks(desk, ids)
  return unwell.map(({ pairId, outcome }) => `${pairId} ended as ${outcome}`)
}

type View = Awaited<ReturnType<Client['view']>>

function tell({ clock, say }: Desk, told: Map<string, string>, { pairId, status, outcome, stages }: View): void {
  const text = `${status} ${outcome ?? ''} ${stages
    .filter((stage) => stage.status !== 'waiting')
    .map(({ name, tasks }) => `${name} ${tasks.succeeded + tasks.degraded}/${tasks.total}`)
    .join(', ')}`
  if (told.get(pairId) === text) return
  told.set(pairId, text)
  say(`${isoOf(clock.now()).slice(11, 19)} ${pairId}: ${text}`)
}

/** Into the story. Nothing to add to what is broken. */
async function tellTasks({ client, say }: Desk, ids: readonly string[]): Promise<readonly string[]> {
  for (const id of ids) {
    const view = await client.view(id)
    for (const { at, text } of view.timeline) say(`  ${at.slice(11, 19)} ${view.pairId}: ${text}`)
    for (const trouble of view.troubles) say(`  ${JSON.stringify(trouble)}`)
    for (const task of await client.tasks(id)) if (task.status === 'open') say(`  ${JSON.stringify(task)}`)
  }
  return []
}

/** Read from storage itself: a pair that is held keeps the next operation out. */
export async function stillHeld(connectionString: string, pairIds: readonly string[]): Promise<readonly string[]> {
  const { pairs } = createStores(createStorage({ connectionString }))
  const kept = await Promise.all(pairIds.map(async (pairId) => (await pairs.load(pairId)).value))
  return kept.flatMap(({ pairId, heldBy, activeSide }) => [
    ...(heldBy ? [`${pairId} is still held by ${heldBy.operationId}`] : []),
    ...(activeSide === 'secondary' ? [] : [`${pairId} is on record as active on its ${activeSide} side`]),
  ])
}
