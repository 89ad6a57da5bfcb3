/** The operations that are not concluded, and the newest reports of those that somebody asked for. */
import { isoOf } from '../core/time.ts'
import { type OperationKind, rank } from '../machine/spec.ts'
import type { ActiveStore, OperationRecord, OperationStore } from '../ports/operations.ts'
import type { Blobs } from '../ports/storage.ts'

export type ListSource = {
  readonly world: {
    readonly operations: Pick<OperationStore, 'load'>
    readonly active: Pick<ActiveStore, 'list'>
    readonly reports: Pick<Blobs, 'get' | 'list'>
  }
}

/** Reports are read to be put in order: more than this many are left out, by name order. */
const mostReports = 200
const reportsShown = 20
const readsAtOnce = 16

export async function viewOperations({ world }: ListSource) {
  const [ids, names] = await Promise.all([world.active.list(), reportNames(world.reports)])
  const active = (await inTurns(ids, (id) => world.operations.load(id))).flatMap((kept) =>
    kept ? [lineOf(kept.value)] : [],
  )
  const texts = await inTurns(names.slice(-mostReports), (name) => world.reports.get(name))
  const reports = texts.flatMap((text) => (text === undefined ? [] : reportLine(text)))
  reports.sort((a, b) => b.endedAt - a.endedAt)
  return {
    active,
    reports: reports.slice(0, reportsShown).map((line) => ({ ...line, endedAt: isoOf(line.endedAt) })),
    reportsInAll: names.length,
  }
}

/** Wake-ups are many: they would hide the failover of last month, and are told host by host elsewhere. */
async function reportNames(reports: Pick<Blobs, 'list'>): Promise<readonly string[]> {
  const kinds = (Object.keys(rank) as OperationKind[]).filter((kind) => kind !== 'keepAlive').sort()
  return (await Promise.all(kinds.map((kind) => reports.list(`${kind}-`)))).flat()
}

const lineOf = ({ id, kind, pairId, state, requestedBy }: OperationRecord) => ({
  id,
  kind,
  pairId,
  status: state.status,
  ...(state.outcome && { outcome: state.outcome }),
  ...(state.question && { question: state.question.code }),
  startedAt: isoOf(state.startedAt),
  requestedBy,
})

/** A report that cannot be read is left out of the list; asked for by itself it says why. */
function reportLine(text: string) {
  try {
    const { operationId, kind, pairId, outcome, endedAt } = JSON.parse(text) as Record<string, unknown>
    return typeof endedAt === 'number' ? [{ id: operationId, kind, pairId, outcome, endedAt }] : []
  } catch {
    return []
  }
}

async function inTurns<A, B>(all: readonly A[], work: (one: A) => Promise<B>): Promise<B[]> {
  const done: B[] = []
  for (let i = 0; i < all.length; i += readsAtOnce)
    done.push(...(await Promise.all(all.slice(i, i + readsAtOnce).map(work))))
  return done
}
