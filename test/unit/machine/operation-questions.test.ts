import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import type {
  OperationState,
  QuestionCode,
  Reply,
  StageState,
  Tally,
} from '../../../src/lib/machine/operation-state.ts'
import type { StageName } from '../../../src/lib/machine/spec.ts'
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
const spec = specWith(
  stage('secure', 1, { trouble: 'turnBack' }),
  stage('capacity', 3, { ...ask, ...behind('secure') }),
  stage('revoke', 2, { ...ask, ...behind('capacity', 'capacity') }),
  stage('leave', 2, { ...ask, ...behind('revoke') }),
  stage('grant', 2, { ...ask, ...behind('leave'), pointOfNoReturn: true }),
  stage('verify', 1, behind('grant', 'over')),
)
const late = spec.limits.capacityDeadline + 1
type Stages = Partial<Record<StageName, StageState>>

const upTo: Record<'capacity' | 'revoke' | 'leave' | 'grant', Stages> = {
  capacity: { secure: over() },
  revoke: { secure: over(), capacity: over({ succeeded: 3 }) },
  leave: { secure: over(), capacity: over({ succeeded: 3 }), revoke: over({ succeeded: 2 }) },
  grant: {
    secure: over(),
    capacity: over({ succeeded: 3 }),
    revoke: over({ succeeded: 2 }),
    leave: over({ succeeded: 2 }),
  },
}
const past: Partial<OperationState> = { pastNoReturn: true }

/** Each question with the state it is asked in. */
const asked: Record<Exclude<QuestionCode, 'takingBackFailed'>, OperationState> = {
  capacityShort: stateOf(spec, { ...upTo.capacity, capacity: over({ failed: 3 }) }),
  revokeUnproven: stateOf(spec, { ...upTo.revoke, revoke: over({ succeeded: 1, failed: 1 }) }),
  signOutUnproven: stateOf(spec, { ...upTo.leave, leave: over({ succeeded: 2, unproven: 1 }) }),
  grantFailed: stateOf(spec, { ...upTo.grant, grant: over({ succeeded: 1, failed: 1 }) }, past),
}

describe('a person is asked', () => {
  it.each<[string, Stages, number, Partial<OperationState>, QuestionCode | undefined]>([
    ['nothing before the capacity deadline', { ...upTo.capacity, capacity: open() }, late - 1, {}, undefined],
    ['when capacity is short at its deadline', { ...upTo.capacity, capacity: open() }, late, {}, 'capacityShort'],
    [
      'when no host is left that could become ready',
      { ...upTo.capacity, capacity: over({ failed: 3 }) },
      0,
      {},
      'capacityShort',
    ],
    [
      'nothing when enough are ready',
      { ...upTo.capacity, capacity: over({ succeeded: 1, failed: 2 }) },
      late,
      {},
      undefined,
    ],
    ['nothing about capacity before its stage opened', { secure: open() }, late, {}, undefined],
    ['when a revoke is not proven', { ...upTo.revoke, revoke: over({ failed: 1 }) }, 0, {}, 'revokeUnproven'],
    [
      'nothing while a revoke may still be proven',
      { ...upTo.revoke, revoke: open({ open: 1, failed: 1 }) },
      0,
      {},
      undefined,
    ],
    ['when a sign-out failed', { ...upTo.leave, leave: over({ failed: 1 }) }, 0, {}, 'signOutUnproven'],
    [
      'when a sign-out was passed over',
      { ...upTo.leave, leave: over({ succeeded: 2, unproven: 1 }) },
      0,
      {},
      'signOutUnproven',
    ],
    ['when a grant failed', { ...upTo.grant, grant: over({ failed: 1 }) }, 0, past, 'grantFailed'],
    ['when a grant was aborted', { ...upTo.grant, grant: over({ aborted: 1 }) }, 0, past, 'grantFailed'],
    ['nothing when all is well', { ...upTo.grant, grant: over({ succeeded: 2 }) }, 0, past, undefined],
  ])('%s', (_, stages, now, more, code) => {
    const { state } = advance(spec, stateOf(spec, stages, more), now)
    expect(state.question?.code).toBe(code)
    expect(state.status).toBe(code ? 'asking' : 'running')
  })

  it('is asked no more when what was short has come after all', () => {
    const { state } = advance(spec, stateOf(spec, { ...upTo.capacity, capacity: open() }), late)
    const next = advance(spec, state, late + 1, { capacity: { open: 1, succeeded: 1 } })
    expect([next.state.status, next.state.question]).toEqual(['running', undefined])
  })

  it('keeps the moment of asking, and the count up to date', () => {
    const first = advance(spec, asked.revokeUnproven, 5).state
    const second = advance(spec, first, 9, { revoke: { failed: 2 } }).state
    expect(second.question).toMatchObject({ askedAt: 5, text: expect.stringMatching(/^2 revocations/) })
  })

  it('is told what may be answered', () => {
    const replies = Object.fromEntries(
      Object.entries(asked).map(([code, state]) => [code, advance(spec, state).state.question?.replies]),
    )
    expect(replies).toEqual({
      capacityShort: ['wait', 'retry', 'grantAnyway', 'restore'],
      revokeUnproven: ['retry', 'restore'],
      signOutUnproven: ['retry', 'grantWithoutSignOutProof', 'restore'],
      grantFailed: ['retry', 'accept'],
    })
  })
})

describe('the reply', () => {
  const replied = (code: keyof typeof asked, reply: Reply, state = asked[code]) =>
    advance(spec, { ...advance(spec, state).state, replies: { [code]: reply } })

  it.each<[keyof typeof asked, Reply, StageName]>([
    ['capacityShort', 'grantAnyway', 'revoke'],
    ['signOutUnproven', 'grantWithoutSignOutProof', 'grant'],
    ['grantFailed', 'accept', 'verify'],
  ])('to %s, %s, opens %s', (code, reply, next) => {
    const decision = replied(code, reply)
    expect(decision.state.status).toBe('running')
    expect(effectsOf(decision)).toEqual([`insertTasks ${next}`])
  })

  it.each<[keyof typeof asked, StageName]>([
    ['capacityShort', 'capacity'],
    ['revokeUnproven', 'revoke'],
    ['signOutUnproven', 'leave'],
  ])('to %s, restore, takes everything back from %s on', (code, last) => {
    const decision = replied(code, 'restore')
    expect(decision.state).toMatchObject({ status: 'goingBack', turnedBackBy: 'person' })
    expect(effectsOf(decision)).toContain(`wake ${last}`)
  })

  it('to capacityShort, wait, waits as long as a host may still become ready', () => {
    const waiting = stateOf(spec, { ...upTo.capacity, capacity: open() }, { replies: { capacityShort: 'wait' } })
    expect(advance(spec, waiting, late).state.status).toBe('running')
    const spent = advance(spec, waiting, late, { capacity: { failed: 3 } }).state
    expect(spent.question?.code).toBe('capacityShort')
  })

  it.each<[keyof typeof asked, StageName, Partial<Tally>]>([
    ['capacityShort', 'capacity', { open: 3, toRetry: 3 }],
    ['revokeUnproven', 'revoke', { succeeded: 1, open: 1, toRetry: 1 }],
    ['signOutUnproven', 'leave', { succeeded: 1, open: 1, toRetry: 1 }],
    ['grantFailed', 'grant', { succeeded: 1, open: 1, toRetry: 1 }],
  ])('to %s, retry, wakes %s and asks nothing until they are through', (code, name, tally) => {
    const { question: _, ...rest } = advance(spec, asked[code]).state
    const retried = advance(spec, { ...rest, status: 'running', retries: 1 }, 0, { [name]: tally })
    expect([retried.state.status, effectsOf(retried)]).toEqual(['running', [`wake ${name}`]])
    const failed = advance(spec, retried.state, 0, {
      [name]: { succeeded: 1, failed: 1, ...(name === 'capacity' && { succeeded: 0 }) },
    })
    expect(failed.state.question?.code).toBe(code)
  })
})

describe('an abort', () => {
  const abort = { intent: 'abort' } as const

  it('turns back before the point of no return, also while a person is asked', () => {
    for (const state of [stateOf(spec, { ...upTo.revoke, revoke: open() }), advance(spec, asked.revokeUnproven).state])
      expect(advance(spec, { ...state, ...abort }).state).toMatchObject({ status: 'goingBack', turnedBackBy: 'person' })
  })

  it('changes nothing after it', () => {
    const state = stateOf(spec, { ...upTo.grant, grant: open({ open: 2 }) }, { ...past, ...abort })
    expect(advance(spec, state).state.status).toBe('running')
  })

  it('ends an operation at once that has not opened anything', () => {
    const gated = specWith(stage('secure', 1, behind('verify')), stage('verify', 1, behind('secure')))
    expect(advance(gated, stateOf(gated, {}, abort), 4).state).toMatchObject({
      status: 'over',
      outcome: 'aborted',
      endedAt: 4,
    })
  })
})

describe('lasting failure of a stage that turns back', () => {
  it.each([
    ['takes everything back', over({ failed: 1 }), {}, 'over'],
    ['waits for its other tasks first', open({ open: 1, failed: 1 }), {}, 'running'],
    ['is only reported after the point of no return', over({ failed: 1 }), past, 'running'],
  ] as const)('%s', (_, secure, more, status) => {
    const { state } = advance(spec, stateOf(spec, { secure }, more))
    expect(state).toMatchObject({ status, ...(status === 'over' && { outcome: 'failed', turnedBackBy: 'trouble' }) })
  })
})

describe('going back', () => {
  const stages = { ...upTo.leave, leave: open({ open: 2 }) }
  const back = (tallies: Parameters<typeof advance>[3], state = stateOf(spec, stages, { intent: 'abort' })) =>
    advance(spec, state, minutes(1), tallies)
  const first = back({ leave: { open: 2 } })
  const rest = { aborted: 2 }

  it('goes stage by stage, the last one first, each at rest before the one before it', () => {
    expect([first.state.backAt, effectsOf(first)]).toEqual(['leave', ['wake leave']])
    const second = back({ leave: rest }, first.state)
    expect([second.state.backAt, effectsOf(second), second.again]).toEqual(['revoke', ['wake revoke'], true])
    const undone = { leave: rest, revoke: { succeeded: 1, undoLeft: 1, aborted: 1 } }
    expect(back(undone, second.state).state.backAt).toBe('revoke')
    const third = back({ leave: rest, revoke: rest }, second.state)
    const fourth = back({ leave: rest, revoke: rest, capacity: rest }, third.state)
    expect([third.state.backAt, fourth.state.backAt]).toEqual(['capacity', 'secure'])
    const end = back({ leave: rest, revoke: rest, capacity: rest, secure: { aborted: 1 } }, fourth.state)
    expect(end.state).toMatchObject({ status: 'over', outcome: 'aborted' })
  })

  it('passes by stages that never opened', () => {
    const gap = specWith(
      stage('secure', 1),
      stage('announce', 1, behind('verify')),
      stage('revoke', 1),
      stage('verify', 1, behind('announce')),
    )
    const state = stateOf(gap, { secure: over(), revoke: over(), announce: standing('waiting') }, { intent: 'abort' })
    expect(advance(gap, state).state.backAt).toBe('secure')
  })

  const stuck = back({ leave: { failed: 1, stuck: 1, aborted: 1 } }, first.state)
  it('asks a person about what cannot be taken back, once', () => {
    expect(stuck.state).toMatchObject({
      status: 'goingBack',
      question: { code: 'takingBackFailed', replies: ['retry', 'accept'], askedAt: minutes(1) },
    })
    const later = advance(spec, stuck.state, minutes(9), { leave: { failed: 1, stuck: 1, aborted: 1 } })
    expect([later.state.question?.askedAt, later.reasons]).toEqual([minutes(1), []])
  })

  it('goes on when the person accepts it', () => {
    const accepted = back(
      { leave: { failed: 1, stuck: 1 } },
      { ...stuck.state, replies: { takingBackFailed: 'accept' } },
    )
    expect([accepted.state.backAt, accepted.state.question]).toEqual(['revoke', undefined])
  })

  it('waits for those that try again when the person wants that', () => {
    const { question: _, ...retrying } = stuck.state
    const again = back({ leave: { open: 1, toRetry: 1, aborted: 1 } }, { ...retrying, retries: 1 })
    expect([again.state.backAt, effectsOf(again), again.state.question]).toEqual(['leave', ['wake leave'], undefined])
  })
})
