import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { readyAhead } from '../../../src/lib/machine/operation.ts'
import { type OperationState, operationLookAfter, type StageState } from '../../../src/lib/machine/operation-state.ts'
import type { OperationSpec, StageGate, StageName, StageSpec } from '../../../src/lib/machine/spec.ts'
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

describe('a gate', () => {
  type Row = [when: StageGate['when'], on: StageName, given: string, state: StageState, opens: boolean]
  const cases: readonly Row[] = [
    ['succeeded', 'secure', 'waits', standing('waiting'), false],
    ['succeeded', 'secure', 'is open, and nothing failed so far', open({ open: 1, succeeded: 1 }), false],
    ['succeeded', 'secure', 'is over without a failure', over({ succeeded: 2 }), true],
    ['succeeded', 'secure', 'is over with a degraded one', over({ degraded: 1 }), true],
    ['succeeded', 'secure', 'is over with a failed one', over({ succeeded: 1, failed: 1 }), false],
    ['succeeded', 'secure', 'is over with an aborted one', over({ succeeded: 1, aborted: 1 }), false],
    ['succeeded', 'leave', 'is over, and a sign-out is unproven', over({ succeeded: 1, unproven: 1 }), false],
    ['succeeded', 'leave', 'is over, and all is proven', over(), true],
    ['over', 'secure', 'is open', open(), false],
    ['over', 'secure', 'is over, whatever failed', over({ failed: 2 }), true],
    ['over', 'grant', 'is over, and a grant failed', over({ failed: 1 }), false],
    ['over', 'grant', 'is over, and a grant was aborted', over({ aborted: 1 }), false],
    ['over', 'grant', 'is over, and all are granted', over(), true],
    ['capacity', 'capacity', 'waits', standing('waiting', { succeeded: 9 }), false],
    ['capacity', 'capacity', 'has one host less than it needs', open({ open: 5, succeeded: 1 }), false],
    ['capacity', 'capacity', 'has as many hosts as it needs', open({ open: 5, succeeded: 2 }), true],
  ]
  it.each(cases)('%s after %s which %s', (when, on, _, state, opens) => {
    const spec = specWith(stage(on, 1, behind('announce')), stage('verify', 1, behind(on, when)))
    const needy = { ...spec, limits: { ...spec.limits, minimumCapacity: 2 } }
    const { state: next } = advance(needy, stateOf(needy, { [on]: state }))
    expect(next.stages.verify?.status).toBe(opens ? 'open' : 'waiting')
  })

  it.each<[string, StageName, StageGate['when'], StageState, OperationState['replies']]>([
    [
      'grants without proof of the sign-out',
      'leave',
      'succeeded',
      over({ failed: 1 }),
      { signOutUnproven: 'grantWithoutSignOutProof' },
    ],
    ['grants although capacity is short', 'capacity', 'capacity', open(), { capacityShort: 'grantAnyway' }],
    ['accepts grants that failed', 'grant', 'over', over({ failed: 1 }), { grantFailed: 'accept' }],
  ])('holds because a person %s', (_, on, when, state, replies) => {
    const spec = specWith(stage(on, 1), stage('verify', 1, behind(on, when)))
    expect(advance(spec, stateOf(spec, { [on]: state })).state.stages.verify?.status).toBe('waiting')
    expect(advance(spec, stateOf(spec, { [on]: state }, { replies })).state.stages.verify?.status).toBe('open')
  })

  const delayed = specWith(stage('revoke', 1), stage('settle', 1, behind('revoke', 'over', minutes(10))))
  const held = (since: number) => ({ revoke: over(), settle: standing('waiting', {}, { heldSince: { 0: since } }) })

  it.each([
    ['not before its delay has gone by', 3_000, minutes(10) + 2_999, 'waiting', 1_000],
    ['when its delay has gone by', 3_000, minutes(10) + 3_000, 'open', operationLookAfter],
    ['and looks again when the rest is short', 0, minutes(10) - seconds(20), 'waiting', seconds(20)],
    ['and looks now and then when the rest is long', 0, minutes(1), 'waiting', operationLookAfter],
  ] as const)('opens a stage %s', (_, since, now, status, lookAfter) => {
    const decision = advance(delayed, stateOf(delayed, held(since)), now)
    expect(decision.state.stages.settle?.status).toBe(status)
    expect(decision.lookAfter).toBe(lookAfter)
  })

  it('counts its delay from the moment it began to hold', () => {
    expect(advance(delayed, stateOf(delayed, { revoke: over() }), 5_000).state.stages.settle?.heldSince).toEqual({
      0: 5_000,
    })
  })

  it('counts anew after it ceased to hold', () => {
    const again = { ...held(0), revoke: open() }
    expect(advance(delayed, stateOf(delayed, again), 5_000).state.stages.settle?.heldSince).toEqual({})
  })

  it('opens a stage with several gates only when all hold', () => {
    const two = specWith(stage('secure', 1), stage('revoke', 1), {
      ...stage('grant', 1),
      after: [...behind('secure').after, ...behind('revoke').after],
    })
    const statusOf = (secure: StageState) =>
      advance(two, stateOf(two, { secure, revoke: over() })).state.stages.grant?.status
    expect([statusOf(open()), statusOf(over())]).toEqual(['waiting', 'open'])
  })

  it('opens nothing while paused', () => {
    const { state, effects } = advance(delayed, stateOf(delayed, held(0), { intent: 'pause' }), minutes(10))
    expect([state.stages.settle?.status, effects]).toEqual(['waiting', []])
  })

  it('lets tasks be written when it opens, and releases them only in the next decision', () => {
    const decision = advance(delayed, stateOf(delayed, held(0)), minutes(10))
    expect([effectsOf(decision), decision.again]).toEqual([['insertTasks settle'], true])
    expect(effectsOf(advance(delayed, decision.state, minutes(10)))).toEqual(['release settle 0 +0'])
  })
})

describe('the point of no return', () => {
  const spec = specWith(stage('revoke', 1), stage('grant', 1, { ...behind('revoke'), pointOfNoReturn: true }))

  it.each([
    ['is passed when its stage opens', over(), true],
    ['is not passed before', open(), false],
  ] as const)('%s', (_, revoke, passed) => {
    expect(advance(spec, stateOf(spec, { revoke })).state.pastNoReturn).toBe(passed)
  })
})

describe('batches', () => {
  const interval = minutes(10)
  const batched = (tasks: number, parts: Partial<StageSpec> = {}) =>
    specWith(stage('desktops', tasks, { batchSize: 2, batchInterval: interval, ...parts }))

  /** When each batch's messages become due, looking as often as the machine asks to; `intents` change at a moment. */
  function releases(
    spec: OperationSpec,
    until: number,
    intents: readonly [at: number, OperationState['intent']][] = [],
  ) {
    const due: number[] = []
    let state = stateOf(spec)
    for (let now = 0; now <= until; ) {
      const intent = intents.findLast(([at]) => at <= now)?.[1] ?? 'run'
      const decision = advance(spec, { ...state, intent }, now, { desktops: { open: 9 } })
      state = decision.state
      for (const effect of decision.effects) if (effect.kind === 'release') due.push(now + effect.delay)
      if (!decision.again) now += decision.lookAfter
    }
    return due
  }

  it.each<[string, number[], OperationSpec]>([
    ['the first at once, the second early, then one an interval', [0, 9, 19, 29], batched(7)],
    ['half an interval early at most', [0, 0.5, 1.5], batched(5, { batchInterval: minutes(1) })],
    ['a single one', [0], batched(2)],
    ['everybody at once without a size', [0], specWith(stage('desktops', 500))],
    ['none where there is nobody', [], specWith(stage('desktops', 0))],
  ])('are released: %s', (_, expected, spec) => {
    expect(readyAhead).toBe(minutes(1))
    expect(releases(spec, minutes(40))).toEqual(expected.map(minutes))
  })

  it('keep their distance across a pause', () => {
    const paused = releases(batched(5), minutes(60), [
      [minutes(5), 'pause'],
      [minutes(12), 'run'],
    ])
    expect(paused).toEqual([0, 16, 26].map(minutes))
  })

  it('wake their stage when the pause is over', () => {
    const spec = batched(5)
    const state = stateOf(spec, { desktops: open() }, { pausedAt: minutes(1) })
    expect(effectsOf(advance(spec, state, minutes(2), { desktops: { open: 5 } }))).toContain('wake desktops')
  })

  it('leave their stage open until the last one is out, whatever has come of the first', () => {
    const spec = batched(4)
    const { state } = advance(spec, stateOf(spec, { desktops: open() }), 0, { desktops: { succeeded: 2 } })
    expect(state.stages.desktops?.status).toBe('open')
  })

  it('are sent out at most two minutes ahead', () => {
    const spec = batched(5)
    const at = (now: number) => effectsOf(advance(spec, stateOf(spec, { desktops: open() }), now))
    expect([at(minutes(7) - 1), at(minutes(7))]).toEqual([[], ['release desktops 1 +120000']])
  })
})

describe('an operation', () => {
  const one = specWith(stage('desktops', 3))
  it.each<[string, StageState, Partial<OperationSpec>, Partial<OperationState>]>([
    ['succeeds when everybody did', over({ succeeded: 3 }), {}, { status: 'over', outcome: 'succeeded', endedAt: 7 }],
    ['is partial when somebody failed', over({ succeeded: 2, failed: 1 }), {}, { outcome: 'partial' }],
    ['is partial when somebody was degraded', over({ succeeded: 2, degraded: 1 }), {}, { outcome: 'partial' }],
    ['is partial when somebody was aborted', over({ succeeded: 2, aborted: 1 }), {}, { outcome: 'partial' }],
    ['is partial when something is unproven', over({ succeeded: 3, unproven: 1 }), {}, { outcome: 'partial' }],
    [
      'is partial when somebody was left out',
      over(),
      { out: [{ host: 'x', code: 'c', reason: 'r' }] },
      { outcome: 'partial' },
    ],
    ['fails when nobody succeeded', over({ failed: 3 }), {}, { outcome: 'failed' }],
    ['goes on while a task is open', open({ open: 1, succeeded: 2 }), {}, { status: 'running' }],
  ])('%s', (_, desktops, parts, expected) => {
    const spec = { ...one, ...parts }
    expect(advance(spec, stateOf(spec, { desktops }), 7).state).toMatchObject(expected)
  })

  it('that is over stays as it is', () => {
    const state = stateOf(one, { desktops: open() }, { status: 'over', outcome: 'aborted' })
    const decision = advance(one, state, 9, { desktops: { failed: 3 } })
    expect([decision.state, decision.effects]).toEqual([state, []])
  })

  it('wakes those that are to try again', () => {
    const decision = advance(one, stateOf(one, { desktops: over({ failed: 1 }) }), 0, {
      desktops: { open: 1, toRetry: 1 },
    })
    expect([effectsOf(decision), decision.state.stages.desktops?.status]).toEqual([['wake desktops'], 'open'])
  })

  it('remembers when there was enough, not when there was more', () => {
    const spec = specWith(stage('capacity', 3))
    const first = advance(spec, stateOf(spec, { capacity: open() }), 5, { capacity: { open: 2, succeeded: 1 } })
    const later = advance(spec, first.state, 9, { capacity: { open: 1, succeeded: 2 } })
    expect(later.state.stages.capacity?.enoughAt).toBe(5)
  })

  const vain = specWith(stage('secure', 1), stage('desktops', 2, { ...behind('secure'), taskPointOfNoReturn: 1 }))
  it.each<[string, StageState, OperationState['status']]>([
    ['is taken back when nobody arrived', over({ failed: 2 }), 'goingBack'],
    ['is not when somebody did', over({ failed: 1, succeeded: 1 }), 'over'],
    ['is not when somebody did in part', over({ failed: 1, degraded: 1 }), 'over'],
    ['is not when somebody is stuck half-way', over({ failed: 2, stuck: 1 }), 'over'],
  ])('%s', (_, desktops, status) => {
    const { state } = advance(vain, stateOf(vain, { secure: over(), desktops }))
    expect(state.status).toBe(status)
  })
})
