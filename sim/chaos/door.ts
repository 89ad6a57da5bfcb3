/** The app's HTTP side, asked by a person who asks again when no answer comes: it can die at every call it makes. */
import { type Millis, seconds } from '../../src/lib/core/time.ts'
import type { Engine } from '../../src/lib/execution/engine.ts'
import type { StorageFaults } from '../storage/link.ts'
import { createVirtualApp } from '../virtual/app.ts'
import { createLife, type StrikeAt } from '../virtual/life.ts'
import { outside } from '../virtual/outside.ts'
import type { Story } from '../virtual/story.ts'

export type Door = {
  /** The same question until it is answered; each time of a process that has just started. */
  readonly ask: <T>(work: (engine: Engine) => Promise<T>) => Promise<T>
}

const askAgainAfter: Millis = seconds(20)
/** One strike spoils one answer. */
const oneStrike = 3

export type DoorOptions = {
  /** Trouble on the door's own way to storage. */
  readonly storage?: StorageFaults
  /** How often a person asks. */
  readonly patience?: number
}

export function createDoor(story: Story, strikeAt?: StrikeAt, options: DoorOptions = {}): Door {
  const { storage, patience = oneStrike } = options
  const { clock } = story.region
  const once = async <T>(work: (engine: Engine) => Promise<T>): Promise<{ answer: T } | undefined> => {
    const { engine, life, refresh } = open(story, strikeAt, storage)
    let outcome: { answer: T } | 'failed' | undefined
    void refresh()
      .then(() => work(engine))
      .then(
        (answer) => {
          outcome = { answer }
        },
        () => {
          outcome = 'failed'
        },
      )
    await clock.run(() => outcome !== undefined || life.isOver())
    return outcome === 'failed' ? undefined : outcome
  }
  return {
    async ask(work) {
      for (let tries = 0; tries < patience; tries++) {
        const answered = await once(work)
        if (answered) return answered.answer
        await clock.run(clock.now() + askAgainAfter)
      }
      throw new Error(`no answer after asking ${patience} times`)
    },
  }
}

function open({ region, storage, plan, incidents }: Story, strikeAt?: StrikeAt, faults?: StorageFaults) {
  const random = region.random.fork('door')
  const life = createLife(region.clock, random, {}, incidents, () => undefined, strikeAt)
  const { around, httpClient } = outside(life, region.httpClient)
  const link = storage.connect(random, { ...faults, ...(around && { around }) })
  const engine = createVirtualApp({
    region: { ...region, httpClient },
    storage: link,
    plan,
    life,
    principal: '00000000-0000-4000-8000-0000000000d2',
  })
  return { engine, life, refresh: link.refreshClock }
}
