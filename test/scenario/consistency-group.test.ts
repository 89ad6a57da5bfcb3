import { describe, expect, it } from 'vitest'
import type { FaultRule } from '../../sim/arm/faults.ts'
import type { Story } from '../../sim/virtual/story.ts'
import { hours } from '../../src/lib/core/time.ts'
import { control } from '../../src/lib/execution/control.ts'
import { type StepPlace, watching } from './support/moments.ts'
import {
  eventsOf,
  openScene,
  personalOnly,
  runThrough,
  type Scene,
  type SceneOptions,
  toTheEnd,
} from './support/scene.ts'

const desktops = 7
const grouped = ['avdd-uks-0001', 'avdd-uks-0002', 'avdd-uks-0003', 'avdd-uks-0004']
const request = { pairId: 'personal-uk', kind: 'failover' } as const

const open = (options: SceneOptions = {}) =>
  openScene({
    ...options,
    plan: { batchSize: 5, batchInterval: '5 min', ...options.plan },
    fleet: { ...personalOnly, personalVms: desktops, consistencyGroup: grouped.length, ...options.fleet },
  })

const nameOf = (vm: string) => vm.split('/').at(-1)?.toLowerCase() ?? ''

/** Who was told to move, one line a moment. */
function moved(scene: Scene): readonly string[] {
  const byMoment = Map.groupBy(eventsOf(scene, 'failoverAccepted'), ({ at }) => at)
  return [...byMoment.values()].map((events) =>
    events
      .map(({ vm }) => nameOf(vm))
      .sort()
      .join(' '),
  )
}

const outcomes = async ({ operator }: Scene, id: string) =>
  Object.fromEntries(
    (await operator.tasks(id))
      .filter(({ stage }) => stage === 'desktops')
      .map(({ key, state }) => [key.toLowerCase(), state.status === 'over' ? state.outcome : state.status]),
  )

function expectNothingWrong(scene: Scene): void {
  expect(scene.operator.verdict().violations).toEqual([])
  expect(scene.story.failures).toEqual([])
}

describe('a consistency group among other desktops', () => {
  it('moves at one moment, by its recovery plan, and within the pace', async () => {
    const scene = await open()
    const id = await runThrough(scene, request)
    scene.story.stop()
    expect((await scene.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    expect(moved(scene).filter((line) => line.includes(grouped[0] ?? ''))).toEqual([grouped.join(' ')])
    expect(eventsOf(scene, 'failoverAccepted')).toHaveLength(desktops)
    expect(eventsOf(scene, 'commitAccepted')).toHaveLength(desktops)
    expectNothingWrong(scene)
  })

  it('comes home as a group', async () => {
    const scene = await open({ fleet: { extensions: 'none' } })
    for (const kind of ['failover', 'reprotect', 'failback', 'reprotect'] as const) {
      await scene.operator.collect()
      const id = await runThrough(scene, { pairId: 'personal-uk', kind }, hours(12))
      expect((await scene.operator.operation(id)).state, kind).toMatchObject({ outcome: 'succeeded' })
    }
    scene.story.stop()
    expect(moved(scene).filter((line) => line === grouped.join(' '))).toHaveLength(2)
    expect(scene.picture()).toEqual(scene.before)
    expectNothingWrong(scene)
  })

  it('stays where it is without a recovery plan, and the others move', async () => {
    const scene = await open({ fleet: { groupHasPlan: false } })
    const id = await runThrough(scene, { ...request, acceptOut: 'all' })
    scene.story.stop()
    expect((await scene.operator.operation(id)).state).toMatchObject({ outcome: 'partial' })
    expect(Object.keys(await outcomes(scene, id))).toHaveLength(desktops - grouped.length)
    expect(eventsOf(scene, 'failoverAccepted')).toHaveLength(desktops - grouped.length)
    expectNothingWrong(scene)
  })

  it('lets one of them in again whose failover fails, and the others have moved', async () => {
    const [, , failing = ''] = grouped
    const rule = { action: /unplannedFailover/i, subject: /^placeholder$/, kind: '28031' } as const
    const scene = await open({
      arrange: (sim) => {
        const found = [...sim.estate.replicatedItems.values()].find(({ vmName }) => vmName === failing)
        Object.assign(rule, { subject: new RegExp(found?.name ?? 'none', 'i') })
      },
      faults: { rules: [rule] },
    })
    const id = await runThrough(scene, request)
    scene.story.stop()
    expect((await scene.operator.operation(id)).state).toMatchObject({ outcome: 'partial' })
    expect(await outcomes(scene, id)).toEqual({
      ...Object.fromEntries(eventsOf(scene, 'failoverAccepted').map(({ vm }) => [nameOf(vm), 'succeeded'])),
      [failing]: 'failed',
    })
    expect(moved(scene).filter((line) => line.includes(grouped[0] ?? ''))).toEqual([grouped.join(' ')])
    expectNothingWrong(scene)
  })
})

/** That host cannot be drained. */
const heldUp: FaultRule = { action: /sessionHosts\/write$/i, subject: /avdd-uks-0003/i, kind: 'errorBefore' }

describe('a consistency group of which one cannot leave', () => {
  it('stays as a whole, is let in again, and the others move', async () => {
    const [, , holding = ''] = grouped
    const scene = await open({ faults: { rules: [heldUp] } })
    const id = await runThrough(scene, request)
    scene.story.stop()
    const ended = await outcomes(scene, id)
    expect(ended[holding]).toBe('failed')
    expect(grouped.map((key) => ended[key])).toEqual(grouped.map(() => 'failed'))
    expect(Object.values(ended).filter((outcome) => outcome === 'succeeded')).toHaveLength(desktops - grouped.length)
    const homes = (lines: readonly string[]) => lines.filter((line) => grouped.some((key) => line.includes(key)))
    expect(homes(scene.picture())).toEqual(homes(scene.before))
    expectNothingWrong(scene)
  })
})

describe('a request on the plan whose answer is lost', () => {
  it.each(['resetAfter', 'resetBefore'] as const)('(%s) moves the group once', async (kind) => {
    const rule: FaultRule = { action: /replicationRecoveryPlans\/unplannedFailover/i, kind, times: 1 }
    const scene = await open({ faults: { rules: [rule] } })
    const id = await runThrough(scene, request)
    scene.story.stop()
    expect((await scene.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    expect(moved(scene).filter((line) => line.includes(grouped[0] ?? ''))).toEqual([grouped.join(' ')])
    expectNothingWrong(scene)
  })
})

/** Aborts when a desktop of the group arrives at a step, or has just begun it. */
async function abortAt(place: StepPlace, moment: 'looking' | 'begun') {
  const watched: { story?: Story; isDone?: true } = {}
  const strike = async (at: StepPlace, { operationId, subject }: { operationId: string; subject: { key: string } }) => {
    if (at !== place || watched.isDone || !watched.story || !grouped.includes(subject.key.toLowerCase())) return
    watched.isDone = true
    await control(watched.story.desk, operationId, { kind: 'abort' }, 'operator')
  }
  const scene = await open({ plant: watching({ [moment]: strike }) })
  watched.story = scene.story
  const id = await scene.operator.begin(request)
  await toTheEnd(scene, id)
  scene.story.stop()
  expect(watched.isDone).toBe(true)
  return { scene, id }
}

describe('a consistency group whose operation is aborted', () => {
  it.each<[StepPlace, 'looking' | 'begun', boolean]>([
    ['signOutUsers@primary', 'looking', false],
    ['failoverVm@secondary', 'looking', false],
    ['failoverVm@secondary', 'begun', true],
    ['awaitVm@secondary', 'looking', true],
  ])('at %s (%s) stays whole', async (place, moment, hasMoved) => {
    const { scene, id } = await abortAt(place, moment)
    const ended = await outcomes(scene, id)
    expect(grouped.map((key) => ended[key])).toEqual(grouped.map(() => (hasMoved ? 'succeeded' : 'aborted')))
    expect(moved(scene).filter((line) => grouped.some((key) => line.includes(key)))).toEqual(
      hasMoved ? [grouped.join(' ')] : [],
    )
    expectNothingWrong(scene)
  })
})
