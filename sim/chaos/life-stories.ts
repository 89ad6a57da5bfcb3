/** The life after a failover, cut at every call: extensions, the way home, protecting again, and what the webhook and its timer do. */
import { hours, minutes } from '../../src/lib/core/time.ts'
import { createPortalUser } from '../estate/portal-failover.ts'
import type { Signal } from '../estate/signals.ts'
import { deliver, followUp } from '../virtual/app-timers.ts'
import type { Operator } from '../virtual/operator.ts'
import type { Story } from '../virtual/story.ts'
import { limit, overrides, type PointStory, personal } from './point-stories.ts'

/** One desktop with four extensions to restore, and an association. */
const fleet = { ...personal.fleet, extensions: 'four', switches: { reprotect: [minutes(8), minutes(12)] } } as const
const { pairId } = personal

type Kind = 'failover' | 'reprotect' | 'failback'

async function go(operator: Operator, kind: Kind): Promise<string> {
  await operator.collect()
  const id = await operator.begin({ pairId, kind })
  if (!(await operator.untilOver([id], limit))) throw new Error(`the ${kind} does not end`)
  await operator.pass(minutes(12))
  await operator.collect()
  return id
}

/** `before`: what has happened when the operation begins that is struck. */
const after = (name: string, before: readonly Kind[], kind: Kind): PointStory => ({
  name,
  aim: 'process',
  fleet,
  overrides,
  play: async (operator, mark) => {
    for (const each of before) await go(operator, each)
    mark()
    return [await operator.begin({ pairId, kind })]
  },
})

/** Everything is moved in the portal; answers what Azure would post about it. */
async function inPortal(operator: Operator, { region }: Story): Promise<readonly Signal[]> {
  const signals: Signal[] = []
  const user = createPortalUser(region.sim, {
    post: (signal) => void signals.push(signal),
    at: (when, effect) => void region.clock.at(when, effect),
    kinds: ['legacyAlert'],
  })
  user.failOver([...region.sim.estate.replicatedItems.values()])
  await operator.pass(minutes(20))
  return signals
}

const toldOf = (signals: readonly Signal[]): Signal => {
  const [signal] = signals
  if (!signal) throw new Error('nothing is posted')
  return signal
}

/** The timer comes every minute, whatever became of the run before. */
async function untilFollowed(
  operator: Operator,
  { desk }: Story,
  once: () => Promise<unknown>,
): Promise<readonly string[]> {
  const { world } = desk
  for (let run = 0; run < 90; run++) {
    await once()
    const all = await operator.ask(world.followUps.ofPair(pairId))
    const isOver = all.length > 0 && all.every(({ ended }) => ended)
    if (isOver && (await operator.ask(world.events.open())).length === 0)
      return [...new Set(all.flatMap(({ operationId }) => operationId ?? []))]
    await operator.pass(minutes(1))
  }
  throw new Error('what was told is never over')
}

const webhook: PointStory = {
  name: 'what Site Recovery tells',
  aim: 'desk',
  fleet,
  overrides,
  play: async (operator, mark, door, story) => {
    const signals = await inPortal(operator, story)
    mark()
    const { status } = await door.ask((engine) => deliver(engine, toldOf(signals)))
    if (status !== 202) throw new Error(`the webhook answers ${status}`)
    return untilFollowed(operator, story, () => operator.ask(followUp(story.desk)))
  },
}

const timer: PointStory = {
  name: 'timer of what waits',
  aim: 'desk',
  fleet,
  overrides,
  play: async (operator, mark, door, story) => {
    const signals = await inPortal(operator, story)
    const { status } = await operator.ask(deliver(story.desk, toldOf(signals)))
    if (status !== 202) throw new Error(`the webhook answers ${status}`)
    mark()
    return untilFollowed(operator, story, () => door.ask(followUp))
  },
}

/** Failed over in the portal, and nobody was told: only its extensions are put back. */
const extensions: PointStory = {
  name: 'extensions of one desktop',
  aim: 'process',
  fleet,
  overrides,
  play: async (operator, mark, _door, story) => {
    await inPortal(operator, story)
    await operator.collect()
    mark()
    return [await operator.begin({ pairId, kind: 'restoreExtensions' })]
  },
}

/** Its end notes down that the desktop is to be protected again. */
const noted: PointStory = {
  name: 'end of a failover that leaves work',
  aim: 'process',
  fleet: { ...personal.fleet, extensions: 'none' },
  overrides: { ...overrides, replicated: { reprotect: 'auto' } },
  play: async (operator, mark, _door, story) => {
    const id = await operator.begin({ pairId })
    const isDone = async () => {
      const tasks = await story.desk.world.operations.tasks(id)
      return tasks.some(({ stage, state }) => stage === 'desktops' && state.status === 'over')
    }
    if (!(await story.until(isDone, hours(2), 500))) throw new Error('the desktop does not arrive')
    mark()
    return [id]
  },
}

export const lifeStories: readonly PointStory[] = [
  extensions,
  after('reprotect', ['failover'], 'reprotect'),
  after('personal failback', ['failover', 'reprotect'], 'failback'),
  noted,
]
export const lifeDeskStories: readonly PointStory[] = [webhook, timer]
