import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { newOperation, type OperationState, operationLookAfter } from '../../../src/lib/machine/operation-state.ts'
import type { OperationSpec } from '../../../src/lib/machine/spec.ts'
import {
  advance,
  behind,
  effectsOf,
  open,
  over,
  specWith,
  stage,
  standing,
  stateOf,
} from '../../support/operation-machine.ts'

const ask = { trouble: 'ask' } as const

describe('the timeline of an operation is told', () => {
  it.each([
    [{ succeeded: 3 }, '3 succeeded'],
    [{ succeeded: 1, degraded: 2 }, '1 succeeded, 2 degraded'],
    [{ failed: 3 }, '0 succeeded, 3 failed'],
    [{ succeeded: 1, degraded: 2, failed: 3, aborted: 4 }, '1 succeeded, 2 degraded, 3 failed, 4 aborted'],
  ])('what a stage came to: %j', (tally, told) => {
    const spec = specWith(stage('secure', 3), stage('verify', 1, behind('secure', 'over', minutes(5))))
    const state = stateOf(spec, { secure: open() })
    expect(advance(spec, state, 0, { secure: tally }).reasons).toEqual([`stage secure is over: ${told}`])
  })

  it('which stage opens with how many tasks, and which batch of many is released', () => {
    const spec = specWith(stage('desktops', 5, { batchSize: 2, batchInterval: minutes(10) }))
    const opened = advance(spec, stateOf(spec))
    expect(opened.reasons).toEqual(['stage desktops opens: 5 tasks'])
    expect(advance(spec, opened.state).reasons).toEqual(['releases batch 1 of 3 of desktops'])
    const single = specWith(stage('desktops', 5))
    expect(advance(single, advance(single, stateOf(single)).state).reasons).toEqual([])
  })

  it('how long a pause was', () => {
    const spec = specWith(stage('desktops', 2))
    const state = stateOf(spec, { desktops: open() }, { pausedAt: minutes(1) })
    expect(advance(spec, state, minutes(8), { desktops: { open: 2 } }).reasons).toEqual([
      'goes on after a pause of 7 min 00 s',
    ])
  })

  it('why it turns back, stage by stage, and how it ended', () => {
    const spec = specWith(stage('secure', 1), stage('capacity', 1, { ...behind('secure'), trouble: 'turnBack' }))
    const standingStages = { secure: over(), capacity: over({ failed: 1 }) }
    expect(advance(spec, stateOf(spec, standingStages)).reasons).toEqual([
      'turns back: stage capacity failed',
      'stage capacity is taken back',
    ])
    const aborted = advance(spec, stateOf(spec, { secure: over() }, { intent: 'abort' }))
    expect(aborted.reasons).toEqual(['turns back on request', 'over: aborted'])
  })
})

describe('a question', () => {
  const spec = specWith(
    stage('capacity', 3, ask),
    stage('revoke', 2, { ...ask, ...behind('capacity', 'capacity') }),
    stage('leave', 2, { ...ask, ...behind('revoke') }),
    stage('grant', 2, { ...ask, ...behind('leave') }),
  )
  const needy: OperationSpec = { ...spec, limits: { ...spec.limits, minimumCapacity: 2 } }
  const before = { capacity: over({ succeeded: 3 }), revoke: over({ succeeded: 2 }) }

  it.each<[OperationState['stages'], RegExp]>([
    [{ capacity: over({ succeeded: 1, failed: 2 }) }, /^1 of at least 2 hosts .* (primary|secondary) side$/],
    [{ ...before, revoke: over({ failed: 2 }) }, /^2 revocations /],
    [{ ...before, leave: over({ failed: 1, unproven: 1 }) }, /^sign-out .* 2 hosts: /],
    [{ ...before, leave: over(), grant: over({ failed: 1, aborted: 1 }) }, /^2 grants /],
  ])('says how many it is about, and is told once (%#)', (stages, text) => {
    const first = advance(needy, stateOf(needy, stages), 5)
    expect(first.state.question?.text).toMatch(text)
    expect(first.reasons).toEqual([`asks: ${first.state.question?.text}`])
    expect(advance(needy, first.state, 9).reasons).toEqual([])
  })

  it('is not put while a stage goes on', () => {
    const stages = [
      { ...before, leave: open({ open: 1, failed: 1 }) },
      { ...before, leave: over(), grant: open({ open: 1, failed: 1 }) },
    ]
    for (const given of stages) expect(advance(needy, stateOf(needy, given)).state.question).toBeUndefined()
  })

  it('is not put about a stage that goes on whatever fails', () => {
    const easy = { ...needy, stages: [stage('capacity', 3), stage('verify', 1, behind('capacity', 'capacity'))] }
    expect(advance(easy, stateOf(easy, { capacity: over({ failed: 3 }) })).state.status).toBe('running')
  })

  it('about capacity counts the deadline from the opening of the stage', () => {
    const opened = (openedAt: number) => stateOf(needy, { capacity: standing('open', { open: 3 }, { openedAt }) })
    const now = minutes(1) + needy.limits.capacityDeadline
    expect([minutes(1) - 1, minutes(1)].map((at) => advance(needy, opened(at), now).state.status)).toEqual([
      'asking',
      'running',
    ])
  })

  it('about what could not be taken back says of how many, and is told once', () => {
    const back = stateOf(
      needy,
      { capacity: over({ failed: 3, stuck: 2 }) },
      { status: 'goingBack', backAt: 'capacity' },
    )
    const first = advance(needy, back, 5)
    expect(first.state.question).toEqual({
      code: 'takingBackFailed',
      text: 'what 2 tasks did could not be taken back',
      replies: ['retry', 'accept'],
      askedAt: 5,
    })
    expect(first.reasons).toEqual(['asks: what 2 tasks did could not be taken back'])
    expect(advance(needy, first.state, 9)).toMatchObject({ reasons: [], state: { question: { askedAt: 5 } } })
  })

  it('is answered beforehand where the request or the kind of operation says so', () => {
    expect(newOperation(needy, 0).replies).toEqual({})
    expect(newOperation({ ...needy, grantWithoutSignOutProof: true }, 0).replies).toEqual({
      signOutUnproven: 'grantWithoutSignOutProof',
    })
    expect(newOperation({ ...needy, kind: 'keepAlive' }, 0).replies).toEqual({ takingBackFailed: 'accept' })
  })
})

describe('the count of a stage', () => {
  const spec = specWith(stage('capacity', 2), stage('verify', 1, behind('capacity')))

  it('does not begin before the stage opens', () => {
    const { state } = advance(spec, stateOf(spec, { capacity: open() }), 5, { verify: { succeeded: 1 } })
    expect(state.stages.verify).toMatchObject({ status: 'waiting', tally: { open: 1, succeeded: 0 } })
  })

  it('remembers when it was over, and forgets it when something is tried again', () => {
    const ended = advance(spec, stateOf(spec, { capacity: open() }), 5, { capacity: { succeeded: 2 } }).state
    expect(advance(spec, ended, 9, { capacity: { succeeded: 2 } }).state.stages.capacity?.overAt).toBe(5)
    const again = advance(spec, ended, 9, { capacity: { open: 1, succeeded: 1 } }).state
    expect(again.stages.capacity).not.toHaveProperty('overAt')
    expect(advance(spec, again, 12, { capacity: { succeeded: 2 } }).state.stages.capacity?.overAt).toBe(12)
  })

  it('remembers when there was enough of hosts, and of nothing else', () => {
    const other = { ...spec, stages: [stage('desktops', 2)] }
    const state = stateOf(other, { desktops: open() })
    expect(advance(other, state, 5, { desktops: { open: 1, succeeded: 1 } }).state.stages.desktops).not.toHaveProperty(
      'enoughAt',
    )
    const short = { ...spec, limits: { ...spec.limits, minimumCapacity: 2 } }
    const few = advance(short, stateOf(short, { capacity: open() }), 5, { capacity: { open: 1, succeeded: 1 } })
    expect(few.state.stages.capacity).not.toHaveProperty('enoughAt')
  })
})

describe('after a pause', () => {
  it('only stages that are open are woken, and only their batches move on', () => {
    const spec = specWith(stage('secure', 1), stage('desktops', 4, { batchSize: 2, batchInterval: minutes(10) }))
    const state = stateOf(spec, { secure: over(), desktops: open() }, { pausedAt: minutes(1) })
    const decision = advance(spec, state, minutes(3))
    expect(effectsOf(decision)).toEqual(['wake desktops'])
    expect(decision.state.stages.secure?.lastReleaseAt).toBe(0)
    expect(decision.state.stages.desktops?.lastReleaseAt).toBe(minutes(2))
  })
})

describe('the next look', () => {
  const batched = (interval: number) => specWith(stage('desktops', 6, { batchSize: 2, batchInterval: interval }))
  const released = (interval: number, releasedBatches: number, lastReleaseAt: number, now: number) => {
    const spec = batched(interval)
    const desktops = standing('open', { open: 6 }, { releasedBatches, lastReleaseAt })
    const { again, lookAfter } = advance(spec, stateOf(spec, { desktops }), now)
    return [again, lookAfter]
  }

  it('is at once when the batch behind this one is due as well, but not behind the last one', () => {
    expect(released(minutes(1), 1, 0, 0)[0]).toBe(true)
    expect(released(seconds(80), 1, 0, 0)[0]).toBe(true)
    expect(released(minutes(1), 2, 0, 0)[0]).toBe(false)
    expect(released(minutes(2), 1, 0, 0)[0]).toBe(false)
  })

  it('is when the next batch is to be sent out, if that is soon', () => {
    expect(released(minutes(10), 2, 0, minutes(8) - seconds(7))).toEqual([false, seconds(7)])
    expect(released(minutes(10), 2, 0, minutes(1))).toEqual([false, operationLookAfter])
  })

  it('is when the last of several delays has gone by', () => {
    const spec = specWith(stage('secure', 1), stage('verify', 1), {
      ...stage('settle', 1),
      after: [...behind('secure', 'over', seconds(10)).after, ...behind('verify', 'over', seconds(20)).after],
    })
    expect(advance(spec, stateOf(spec, { secure: over(), verify: over() })).lookAfter).toBe(seconds(20))
  })

  it('releases nothing of a stage that waits', () => {
    const spec = specWith(stage('secure', 1), stage('verify', 1, behind('secure')))
    expect(effectsOf(advance(spec, stateOf(spec, { secure: open() })))).toEqual([])
  })
})

describe('the end of an operation', () => {
  const two = specWith(stage('secure', 2), stage('desktops', 2))
  it.each([
    [{ failed: 1, aborted: 1 }, { succeeded: 2 }, 'partial'],
    [{ failed: 1, degraded: 1 }, { succeeded: 2 }, 'partial'],
    [{ succeeded: 1, failed: 1, unproven: 1 }, { succeeded: 2 }, 'partial'],
    [{ succeeded: 1, degraded: 1 }, { failed: 2 }, 'partial'],
    [{ failed: 2 }, { succeeded: 1, degraded: 1 }, 'partial'],
    [{ succeeded: 2 }, { succeeded: 2 }, 'succeeded'],
    [{ failed: 2 }, { aborted: 2 }, 'failed'],
  ] as const)('with %j and %j is %s', (secure, desktops, outcome) => {
    expect(advance(two, stateOf(two, { secure: over(secure), desktops: over(desktops) })).state.outcome).toBe(outcome)
  })

  const vain = specWith(stage('desktops', 2, { taskPointOfNoReturn: 1 }))
  it.each([{ succeeded: 1, degraded: 1 }, { degraded: 1, stuck: 1 }, { stuck: 1, halfWay: 1 }, { halfWay: 1 }])(
    'is reached, not turned round, with %j',
    (tally) => {
      expect(advance(vain, stateOf(vain, { desktops: over({ ...tally, failed: 1 }) })).state.status).toBe('over')
    },
  )

  it('is turned round at once when nobody arrived', () => {
    expect(advance(vain, stateOf(vain, { desktops: over({ failed: 2 }) }))).toMatchObject({
      again: true,
      state: { status: 'goingBack', turnedBackBy: 'trouble' },
    })
  })

  it('waits for the answer to a question', () => {
    const asking = specWith(stage('capacity', 2, ask))
    const short = { ...asking, limits: { ...asking.limits, minimumCapacity: 2 } }
    expect(advance(short, stateOf(short, { capacity: over({ succeeded: 1, failed: 1 }) })).state.status).toBe('asking')
  })

  it('opens nothing behind failures of both kinds', () => {
    const spec = specWith(stage('secure', 2), stage('verify', 1, behind('secure')))
    const { state } = advance(spec, stateOf(spec, { secure: over({ failed: 1, aborted: 1 }) }))
    expect([state.stages.verify?.status, state.pastNoReturn]).toEqual(['waiting', false])
  })

  it('is not past its point of no return because some other stage opens', () => {
    const spec = specWith(stage('secure', 1))
    expect(advance(spec, stateOf(spec)).state).toMatchObject({
      pastNoReturn: false,
      stages: { secure: { status: 'open' } },
    })
  })
})
