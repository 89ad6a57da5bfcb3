import { setTimeout as sleep } from 'node:timers/promises'
import { budgets, reserve } from '../src/lib/azure/budget-row.ts'
import { type AppAlone, startAppAlone } from './app-alone.ts'
import { type Bench, type Entry, informed, judged } from './entry.ts'

const vms = 10_000
const limits = { batchSize: 1_000, batchInterval: '1 min' }
/** Real milliseconds in which batches go out and their tasks tick. */
const forward = 180_000
const lookEvery = 5_000
/** MB of resident set, 10⁶ bytes each. */
const limit = 300
/** Of the tasks that are due, those that may not have begun: the last ones of a batch are on their way. */
const tolerated = 0.1
/** What the request budget leaves to writes of forward work in that time. */
const permitted = budgets.writes.size - reserve('writes', 'forward') + (budgets.writes.perSecond * forward) / 1_000

export const memory: Bench = {
  name: 'memory',
  about: `Real time. The app's process alone: the built bundle in the local host, told everything by its environment; Azurite and the simulated Azure, over HTTPS,
are processes of their own. ${vms} personal VMs in batches of ${limits.batchSize}, a minute apart and without grace, so that three batches and more tick at the same time. It runs: the inventory, the
preview, the start, all rows, ${forward / 60_000} minutes of batches and ticks with their listings and sweeps, somebody who looks at the operation every ${lookEvery / 1_000} s, the list of all
tasks, an abort that takes everything back, the report of all ${vms}. The failover itself is not run to its end. Peak resident set as the
kernel counts it (VmHWM), with Node and the local host in it; V8's heap is bounded to 250 MB. A task has begun when its first look is on
record. *Writes*, for information: messages and drains that Azure accepted, and how many the request budget permits in that time; a
thousand desktops a minute want more than three times as many. Machine load makes all of it slower: a busy machine begins fewer.`,
  async run() {
    const world = await startAppAlone(vms, limits)
    try {
      return await measure(world)
    } finally {
      await world.stop()
    }
  },
}

const megabytes = (bytes: number): number => bytes / 1e6

async function measure(world: AppAlone): Promise<readonly Entry[]> {
  const { client } = world
  const line = (name: string) => informed(`memory, up to then: ${name}, MB`, megabytes(world.peakRss()), limit)
  const stages: Entry[] = [line('started')]
  await client.collectInventory()
  stages.push(line('inventory'))
  const { hash, refusals } = await client.preview({ pairId: 'personal-uk', kind: 'failover' })
  if (!hash) throw new Error(`planning refuses: ${JSON.stringify(refusals).slice(0, 500)}`)
  const id = await client.start(hash)
  stages.push(line('start'))
  const before = await writesOf(world)
  await lookFor(world, id, forward)
  const tasks = await client.tasks(id)
  const released = tasks.filter(({ status }) => status !== 'waiting').length
  if (tasks.length <= vms || released === 0)
    throw new Error(`${tasks.length} tasks, of which ${released} have begun: this measured nothing`)
  const due = (forward / 60_000) * limits.batchSize
  stages.push(
    line('batches and ticks'),
    informed('memory, then: tasks that have begun ÷ those due', released, due),
    judged(
      'memory, then: tasks that are due and have not begun ÷ those tolerated',
      Math.max(due - released, 0),
      due * tolerated,
    ),
    informed('memory, then: writes ÷ those the request budget permits', (await writesOf(world)) - before, permitted),
  )
  const seen = { peak: world.peakRss() }
  // An app that dies of it is a result, too.
  const trouble = await takeBack(world, id, seen).then(() => undefined, String)
  if (trouble !== undefined) console.log(`  the app did not come to the report: ${trouble}`)
  return [
    ...stages,
    judged(`memory, ${vms} tasks: peak RSS of the app, MB`, megabytes(seen.peak), limit),
    judged('memory, the app did not come to the report', trouble === undefined ? 0 : 1, 0),
  ]
}

async function writesOf({ counts }: AppAlone): Promise<number> {
  const { 'PATCH 200': patched = 0, 'POST 200': posted = 0, 'POST 202': begun = 0 } = await counts()
  return patched + posted + begun
}

async function takeBack(world: AppAlone, id: string, seen: { peak: number }): Promise<void> {
  const { client } = world
  const look = () => {
    seen.peak = world.peakRss()
  }
  await world.abort(id)
  while ((await client.view(id)).status !== 'over') {
    look()
    await lookFor(world, id, lookEvery)
  }
  while ((await client.report(id)) === undefined) {
    look()
    await sleep(lookEvery)
  }
  look()
}

async function lookFor({ client, check }: AppAlone, id: string, length: number): Promise<void> {
  const until = performance.now() + length
  while (performance.now() < until) {
    check()
    await client.view(id)
    await sleep(lookEvery)
  }
}
