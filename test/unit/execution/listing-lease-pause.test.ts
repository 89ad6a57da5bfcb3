import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { pauseAfter } from '../../../src/lib/execution/listing-lease.ts'
import { openProcesses, startOf } from '../../support/listing-processes.ts'

const away: Fault = { code: 'unavailable', message: 'nobody there', retryable: true }

/** Two processes that want to know all the time, and a pool that can be told of only while `state.fault` is unset. */
function openTwo() {
  const world = openProcesses()
  const state: { fault?: Fault | undefined } = { fault: away }
  const azure = async () => (state.fault ? { kind: 'refused' as const, fault: state.fault } : world.listed())
  const processes = [world.open({ azure }), world.open({ azure })] as const
  const asked = () => processes.flatMap((each) => each.asked).sort((a, b) => a - b)
  const pauses = () => asked().flatMap((at, i, all) => (i === 0 ? [] : [Math.round((at - (all[i - 1] ?? 0)) / 1_000)]))
  async function ask(length: number) {
    for (let i = 0; i < length / seconds(1); i++) {
      for (const each of processes) void each.ask(world.clock.now())
      await world.pass(seconds(1))
    }
  }
  return { world, state, asked, pauses, ask, processes }
}

describe('a list of something that is away', () => {
  it('is asked for less and less often, by all processes together', async () => {
    const { ask, pauses } = openTwo()
    await ask(minutes(5))
    expect(pauses().slice(0, 9)).toEqual([2, 2, 4, 8, 16, 32, 45, 45, 45])
  })

  it('is asked for within a minute of its return, and as often as ever then', async () => {
    const { ask, asked, state, processes, world } = openTwo()
    await ask(minutes(10))
    state.fault = undefined
    const back = world.clock.now()
    await ask(seconds(46))
    expect(startOf(await world.told(processes[0].ask()))).toBeGreaterThan(back)
    const before = asked().length
    await ask(seconds(20))
    expect(asked().length - before).toBeGreaterThanOrEqual(9)
    state.fault = away
    const again = asked().length
    await ask(seconds(5))
    expect(asked().length - again).toBeGreaterThanOrEqual(2)
  })

  it('is asked for as often as ever while Azure answers, if only with a refusal', async () => {
    const { ask, asked, state } = openTwo()
    state.fault = { ...away, code: 'forbidden' }
    await ask(minutes(2))
    expect(asked().length).toBeGreaterThanOrEqual(55)
  })
})

describe('the pause before a list is asked for again', () => {
  it.each<[string, Partial<Fault>, number, number]>([
    ['is none after a failure', {}, 0, 0],
    ['is none after two', {}, 1, 0],
    ['doubles from the third on', {}, 3, seconds(8)],
    ['has an end', {}, 1_000_000, seconds(45)],
    ['is the same for calls that were not answered in time', { code: 'timedOut' }, 2, seconds(4)],
    ['is the same for answers that got lost', { code: 'outcomeUnknown' }, 2, seconds(4)],
    ['is what Azure has said, where that is longer', { retryAfter: minutes(2) }, 9, minutes(2)],
    ['is ours, where Azure says less', { retryAfter: seconds(1) }, 9, seconds(45)],
    ['is none where our own budget is spent', { code: 'overBudget' }, 9, 0],
  ])('%s', (_, fault, failures, wanted) => {
    expect(pauseAfter({ ...away, ...fault }, { turn: 1, notBefore: 0, failures })).toBe(wanted)
  })
})
