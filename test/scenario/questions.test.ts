import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { transcript } from '../support/transcript.ts'
import { openAct } from './support/acts.ts'
import { expectGolden } from './support/golden.ts'
import { lastingTrouble, plantOf } from './support/lasting-trouble.ts'
import { eventsOf, runThrough, type Scene, toTheEnd, untilAsking } from './support/scene.ts'

const stage: { scene?: Scene } = {}

async function openWith(place: Parameters<typeof lastingTrouble>[0], only?: string) {
  const trouble = lastingTrouble(place, 'failover', () => stage.scene?.sim, only)
  const act = await openAct('pooledStandby', 'failover', { faults: trouble.faults, plant: plantOf(trouble) })
  stage.scene = act
  return { act, trouble }
}

describe('a host that never becomes available', () => {
  it('is passed over by name, and put to rest again', async () => {
    const { act } = await openWith('awaitHost@secondary', 'avdp-ukw-0002')
    const id = await runThrough(act, act.request)
    act.story.stop()
    const tasks = ['capacity avdp-ukw-0002']
    await expectGolden('one-host-never-available', await transcript(act.story, act.operator, id, { tasks }))
    const [start] = eventsOf(act, 'startAccepted').filter(({ vm }) => vm.endsWith('avdp-ukw-0002'))
    const [rest] = eventsOf(act, 'deallocateAccepted').filter(({ vm }) => vm.endsWith('avdp-ukw-0002'))
    expect(rest?.at).toBeGreaterThan((start?.at ?? 0) + minutes(20))
    expect(eventsOf(act, 'granted')).toHaveLength(3)
    expect(act.operator.verdict().violations).toEqual([])
  })
})

describe('too few hosts', () => {
  async function short() {
    const { act, trouble } = await openWith('startVm@secondary')
    const id = await act.operator.begin(act.request)
    await untilAsking(act, id)
    expect(eventsOf(act, 'revoked')).toEqual([])
    return { act, trouble, id }
  }

  it('is a question, while everybody goes on working where they are', async () => {
    const { act, id } = await short()
    await act.operator.pass(minutes(60))
    act.story.stop()
    const tasks = ['capacity avdp-ukw-0001']
    await expectGolden('capacity-short', await transcript(act.story, act.operator, id, { tasks }))
    expect(eventsOf(act, 'revoked')).toEqual([])
    expect(eventsOf(act, 'sessionEnded')).toEqual([])
    expect(act.picture().filter((line) => line.startsWith('access '))).toEqual(
      act.before.filter((line) => line.startsWith('access ')),
    )
  })

  it('is overcome by another try once Azure has room', async () => {
    const { act, trouble, id } = await short()
    trouble.lift()
    expect((await act.operator.control(id, { kind: 'reply', reply: 'retry' })).kind).toBe('done')
    await toTheEnd(act, id)
    act.story.stop()
    expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    expect(eventsOf(act, 'granted')).toHaveLength(3)
    expect(act.operator.verdict().violations).toEqual([])
  })

  it('moves people all the same when somebody says so', async () => {
    const { act, id } = await short()
    await act.operator.control(id, { kind: 'reply', reply: 'grantAnyway' })
    await toTheEnd(act, id)
    act.story.stop()
    expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'partial' })
    expect(eventsOf(act, 'granted')).toHaveLength(3)
    expect(act.operator.verdict().violations).toEqual([])
  })

  it('takes no answer that the question does not offer', async () => {
    const { act, id } = await short()
    const answer = await act.operator.control(id, { kind: 'reply', reply: 'grantWithoutSignOutProof' })
    act.story.stop()
    expect(answer).toMatchObject({ kind: 'refused', message: expect.stringContaining('grantAnyway') })
  })
})

describe('a revoke that cannot be proven', () => {
  it('stops every grant, asks, and goes on when it is proven at last', async () => {
    const { act, trouble } = await openWith('revokeAccess@primary', 'dag-desktop')
    const id = await act.operator.begin(act.request)
    await untilAsking(act, id)
    await act.operator.pass(minutes(30))
    const tasks = [...trouble.struck].map((key) => `revoke ${key}`)
    await expectGolden('revoke-unproven', await transcript(act.story, act.operator, id, { tasks }))
    expect(eventsOf(act, 'granted')).toEqual([])
    trouble.lift()
    await act.operator.control(id, { kind: 'reply', reply: 'retry' })
    await toTheEnd(act, id)
    act.story.stop()
    expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    expectBarrier(act)
    expect(act.operator.verdict().violations).toEqual([])
  })
})

describe('people in several groups', () => {
  it('are let in nowhere before the last of their groups is out', async () => {
    const act = await openAct('pooledStandby', 'failover', { timings: { readLag: [0, seconds(45)] } })
    const inTwo = [...act.sim.estate.users.values()].filter(({ groups }) => groups.length > 1)
    expect(inTwo.length).toBeGreaterThan(2)
    const id = await runThrough(act, act.request)
    act.story.stop()
    expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    expectBarrier(act)
    const { violations, measures } = act.operator.verdict()
    expect(violations).toEqual([])
    for (const { id: user } of inTwo) expect(measures.gaps.get(user.toLowerCase())).toBeGreaterThan(0)
  })
})

/** The barrier is the pair: by the ledger no grant was accepted before the last revoke was. */
function expectBarrier(scene: Scene): void {
  const lastRevoke = Math.max(...eventsOf(scene, 'revoked').map(({ at }) => at))
  const firstGrant = Math.min(...eventsOf(scene, 'granted').map(({ at }) => at))
  expect(eventsOf(scene, 'revoked')).toHaveLength(3)
  expect(firstGrant).toBeGreaterThan(lastRevoke)
}
