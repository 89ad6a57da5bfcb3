import { beforeAll, describe, expect, it } from 'vitest'
import type { Story } from '../../sim/virtual/story.ts'
import { type Controlled, control } from '../../src/lib/execution/control.ts'
import { type Act, type ActKind, openAct } from './support/acts.ts'
import { type StepPlace, watching } from './support/moments.ts'
import type { Picture } from './support/picture.ts'
import { placesOf } from './support/runbook-places.ts'
import { eventsOf, runThrough, toTheEnd } from './support/scene.ts'

type Moment = 'arrived' | 'begun'
type Strategy = 'pooledStandby' | 'personalReplicated'

/** Runs the operation and aborts it when the first task arrives at a step, or has just begun it. */
async function abortAt(strategy: Strategy, kind: ActKind, place: StepPlace, moment: Moment) {
  const watched: { story?: Story; answer?: Controlled } = {}
  const strike = async (at: StepPlace, { operationId }: { operationId: string }) => {
    if (at !== place || watched.answer || !watched.story || !operationId.startsWith(`${kind}-`)) return
    watched.answer = { kind: 'unknown' }
    watched.answer = await control(watched.story.desk, operationId, { kind: 'abort' }, 'operator')
  }
  const act = await openAct(strategy, kind, {
    plant: watching(moment === 'arrived' ? { looking: strike } : { begun: strike }),
  })
  watched.story = act.story
  const id = await act.operator.begin(act.request)
  await toTheEnd(act, id)
  act.story.stop()
  return { act, id, answer: watched.answer, state: (await act.operator.operation(id)).state }
}

const momentsOf = (strategy: Strategy, kind: ActKind) =>
  placesOf(strategy, kind).flatMap((row) =>
    (row.begins ? (['arrived', 'begun'] as const) : (['arrived'] as const)).map((moment) => ({ ...row, moment })),
  )

describe.each(['failover', 'failback'] as const)('a pooled %s that is aborted', (kind) => {
  const undisturbed: { picture?: Picture } = {}
  beforeAll(async () => {
    const act = await openAct('pooledStandby', kind)
    await runThrough(act, act.request)
    act.story.stop()
    undisturbed.picture = act.picture()
  })

  const rows = momentsOf('pooledStandby', kind)
  it.each(rows.filter((row) => !row.isPastNoReturn))('at $place ($moment) leaves everything as it was', async (row) => {
    const { act, answer, state } = await abortAt('pooledStandby', kind, row.place, row.moment)
    expect(answer?.kind).toBe('done')
    expect(state).toMatchObject({ status: 'over', outcome: 'aborted' })
    expect(act.picture()).toEqual(act.before)
    expect(act.operator.verdict().violations).toEqual([])
    expect(act.story.failures).toEqual([])
  })

  it.each(rows.filter((row) => row.isPastNoReturn))(
    'at $place ($moment) is told no, and everybody arrives',
    async (row) => {
      const { act, answer, state } = await abortAt('pooledStandby', kind, row.place, row.moment)
      expect(answer).toMatchObject({ kind: 'refused', message: expect.stringContaining('point of no return') })
      expect(state).toMatchObject({ status: 'over', outcome: 'succeeded' })
      expect(act.picture()).toEqual(undisturbed.picture)
      expect(act.operator.verdict().violations).toEqual([])
      expect(act.story.failures).toEqual([])
    },
  )
})

/** Machines that Site Recovery was told to fail over; by the ledger. */
const movedIn = (act: Act): ReadonlySet<string> =>
  new Set(eventsOf(act, 'failoverAccepted').map((event) => event.vm.split('/').at(-1)?.toLowerCase() ?? ''))

describe('a personal failover that is aborted', () => {
  const rows = momentsOf('personalReplicated', 'failover')
  it.each(rows)('at $place ($moment) keeps desktops whole: either as they were, or arrived', async (row) => {
    const { act, answer, state, id } = await abortAt('personalReplicated', 'failover', row.place, row.moment)
    expect(answer?.kind).toBe('done')
    expect(state).toMatchObject({ status: 'over', outcome: 'aborted' })
    const moved = movedIn(act)
    if (row.place === 'failoverVm@secondary' ? row.moment === 'begun' : row.isPastTaskNoReturn)
      expect(moved.size).toBeGreaterThan(0)
    else expect(moved.size).toBeLessThan(act.ids.personal.vms.length)
    expect(act.picture()).toEqual(expectedOf(act, moved))
    const tasks = (await act.operator.tasks(id)).filter(({ stage }) => stage === 'desktops')
    for (const { key, state: task } of tasks)
      expect(task).toMatchObject({ outcome: moved.has(key.toLowerCase()) ? 'succeeded' : 'aborted' })
    expect(act.operator.verdict().violations).toEqual([])
    expect(act.story.failures).toEqual([])
  })
})

/** As before, but for the desktops that were moved: those are on the other side, open, and committed. */
const expectedOf = ({ before }: Act, moved: ReadonlySet<string>): Picture =>
  [
    ...before.flatMap((line) => {
      const name = [...moved].find((host) => line.includes(host))
      if (name === undefined) return [line]
      if (line.startsWith('item ')) return [line.replace('protected', 'committed').replace('Protected', 'Committed')]
      if (line.startsWith('host ')) return [line.replace('uksouth', 'ukwest')]
      if (!line.startsWith('vm ')) return [line]
      return [line.replace('running', 'deallocated'), line.replace('uksouth', 'ukwest')]
    }),
  ].sort()
