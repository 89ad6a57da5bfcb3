import { describe, expect, it } from 'vitest'
import { transcript } from '../support/transcript.ts'
import { openAct } from './support/acts.ts'
import { expectGolden } from './support/golden.ts'
import { lastingTrouble, plantOf } from './support/lasting-trouble.ts'
import { eventsOf, runThrough, toTheEnd } from './support/scene.ts'

async function failed() {
  const trouble = lastingTrouble('failoverVm@secondary', 'failover', () => undefined, 'avdd-uks-0003')
  const act = await openAct('personalReplicated', 'failover', { faults: trouble.faults, plant: plantOf(trouble) })
  const id = await runThrough(act, act.request)
  const failovers = () => eventsOf(act, 'failoverAccepted').filter(({ vm }) => vm.endsWith('avdd-uks-0003')).length
  return { act, id, trouble, failovers }
}

describe('trying again what failed, after the operation is over', () => {
  it('moves the desktop that stayed behind, and touches no other', async () => {
    const { act, id, trouble, failovers } = await failed()
    expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'partial' })
    expect(failovers()).toBe(3)
    expect(act.picture()).toContain('host hp-personal/avdd-uks-0003 accepts on rg-avd-personal-uksouth')
    trouble.lift()
    const before = eventsOf(act, 'failoverAccepted').length
    expect((await act.operator.control(id, { kind: 'retryFailed' })).kind).toBe('done')
    await toTheEnd(act, id)
    act.story.stop()
    const tasks = ['desktops avdd-uks-0003']
    await expectGolden('retry-failed', await transcript(act.story, act.operator, id, { tasks }))
    expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    expect(failovers()).toBe(4)
    expect(eventsOf(act, 'failoverAccepted')).toHaveLength(before + 1)
    expect(act.picture().filter((line) => /^item .* (?!Committed)/.test(line) && !line.endsWith('Committed'))).toEqual(
      [],
    )
    expect(act.operator.verdict().violations).toEqual([])
  })

  it('is refused when nothing has failed', async () => {
    const act = await openAct('personalReplicated', 'failover')
    const id = await runThrough(act, act.request)
    const answer = await act.operator.control(id, { kind: 'retryFailed' })
    act.story.stop()
    expect(answer).toMatchObject({ kind: 'refused', message: 'nothing has failed' })
  })

  it('is refused once another operation has had the pair', async () => {
    const { act, id, trouble, failovers } = await failed()
    trouble.lift()
    await act.operator.collect()
    await runThrough(act, { ...act.request, acceptOut: 'all' })
    const before = failovers()
    const answer = await act.operator.control(id, { kind: 'retryFailed' })
    await act.operator.pass(3_600_000)
    act.story.stop()
    expect(answer).toMatchObject({ kind: 'refused', message: expect.stringContaining('moved on') })
    expect(failovers()).toBe(before)
  })
})
