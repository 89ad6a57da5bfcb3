import { tickOperation } from '../src/lib/execution/tick-operation.ts'
import { StorageAway } from '../src/lib/storage/errors.ts'
import type { Storage } from '../src/lib/storage/storage.ts'
import { startAzurite } from '../tools/azurite.ts'
import { startAppAlone } from './app-alone.ts'
import { type Bench, type Entry, informed, judged } from './entry.ts'
import { createFanOutWorld, type FanOutWorld, timed, type Written } from './fan-out-world.ts'
import { median } from './percentile.ts'

const sizes = [1_000, 10_000] as const
const rounds = 5
/** As the product has it: transactions of 100 under way at once (operation-store.ts), messages sent side by side (tick-operation.ts). */
const transactionsAtOnce = 4
const sendsAtOnce = 32

export const fanOut: Bench = {
  name: 'fan-out',
  about: `Real time, against Azurite in memory on this machine: one tick-operation that opens a stage of N desktops in one batch, from
its start to its end, against the same rows (transactions of 100, ${transactionsAtOnce} at once) and the same messages (${sendsAtOnce} at once) written raw through the same
clients into the same Azurite, right after it. Median of ${rounds} pairs after one that does not count. Azurite, one thread, limits both.
What the product does beyond the raw writes: reading the operation, taking the pair, one listing of the new rows, two saves. *HTTP 202 → first
message*, for information: the app alone in its process, an operation of ${sizes[0]} desktops; beside it how long the answer took.`,
  async run() {
    const azurite = await startAzurite({ keepAlive: 300 })
    try {
      const world = await createFanOutWorld(azurite.connectionString)
      const entries: Entry[] = []
      for (const n of sizes) entries.push(await measure(world, n))
      return [...entries, await firstMessage()]
    } finally {
      await azurite.stop()
    }
  },
}

/** The app in a process of its own. The limit is how long the answer itself took, which plans once more. */
async function firstMessage(): Promise<Entry> {
  const { client, firstTick, stop } = await startAppAlone(sizes[0], { batchSize: sizes[0], batchInterval: '10 min' })
  try {
    await client.collectInventory()
    const { hash = '' } = await client.preview({ pairId: 'personal-uk', kind: 'failover' })
    const [asked, sent] = [performance.now(), firstTick().then(() => performance.now())]
    await client.start(hash)
    const accepted = performance.now()
    const waited = Math.max((await sent) - accepted, 0)
    return informed('fan-out, HTTP 202 → first message to a task, s', waited / 1_000, (accepted - asked) / 1_000)
  } finally {
    await stop()
  }
}

async function measure(world: FanOutWorld, n: number): Promise<Entry> {
  const ours: number[] = []
  const raw: number[] = []
  let lost = 0
  for (let round = 0; round <= rounds; ) {
    const pair = await onePair(world, n).catch((error: unknown) => {
      // The emulator resets a connection now and then; in the product the message comes back. Such a pair measures nothing.
      if (!(error instanceof StorageAway) || lost++ >= rounds) throw error
      console.error(`  a pair is lost: ${error.message}`)
      return undefined
    })
    if (!pair) continue
    if (round++ === 0) continue
    ours.push(pair.product / 1_000)
    raw.push(pair.floor / 1_000)
  }
  return judged(`fan-out, ${n} desktops: tick ÷ raw writes, s`, median(ours), median(raw), 1.3)
}

async function onePair(world: FanOutWorld, n: number) {
  const { engine, id, written } = await world.operation(n)
  const product = await timed(() => tickOperation(engine, { v: 1, operationId: id, tick: 0 }))
  checkComplete(written, n)
  return { product, floor: await timed(() => writeRaw(world.storage, written, `${id}-raw`)) }
}

function checkComplete({ rows, messages }: Written, n: number): void {
  const inserted = rows.flat().filter(({ kind }) => kind === 'insert').length
  if (inserted !== n || messages.length !== n)
    throw new Error(`${n} desktops: ${inserted} rows and ${messages.length} messages were written`)
}

async function writeRaw(storage: Storage, { rows, messages }: Written, pk: string): Promise<void> {
  const table = storage.table('operations')
  const inserts = rows.filter((changes) => changes.every(({ kind }) => kind === 'insert'))
  await side(inserts, transactionsAtOnce, async (changes) => {
    await table.transact(
      pk,
      changes.map(({ row }) => ({ kind: 'insert', row: { ...row, pk } })),
    )
  })
  const queue = storage.queue('task-ticks')
  await side(messages, sendsAtOnce, (message) => queue.send({ ...message, operationId: pk }, 0))
}

async function side<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < items.length; i += atOnce) await Promise.all(items.slice(i, i + atOnce).map(work))
}
