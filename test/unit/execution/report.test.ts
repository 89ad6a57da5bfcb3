import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { reportOf, spreadOf } from '../../../src/lib/execution/report.ts'
import { newOperation, type OperationState } from '../../../src/lib/machine/operation-state.ts'
import { newTask, type OverTask } from '../../../src/lib/machine/task-state.ts'
import type { OperationRecord, TaskRecord } from '../../../src/lib/ports/operations.ts'
import { signOutUsers } from '../../../src/lib/steps/sign-out-users.ts'
import { hostSpec } from '../../support/engine-world.ts'
import { over, stage } from '../../support/operation-machine.ts'
import { gone, host, hostSubject, move, session } from '../../support/step-things.ts'
import { look } from '../../support/steps.ts'

const oldHost = { ...hostSubject, side: 'primary', key: 'old-1', host: 'AVD-Old-1' } as const
const spec = hostSpec({
  stages: [
    stage('capacity', 0, { tasks: [hostSubject] }),
    stage('revoke', 0, { tasks: [move('a')] }),
    stage('leave', 0, { tasks: [oldHost] }),
    stage('grant', 0, { tasks: [move('a')], pointOfNoReturn: true }),
  ],
})

const ended = (parts: Partial<OverTask> = {}): OverTask => ({
  status: 'over',
  outcome: 'succeeded',
  at: 1,
  undo: [],
  passedOver: [],
  ...parts,
})
const taskOf = (parts: Partial<TaskRecord>): TaskRecord => ({
  stage: 'capacity',
  key: 'avd-1',
  ordinal: 0,
  batch: 0,
  tick: 3,
  dueAt: 0,
  retries: 0,
  poisoned: 0,
  state: ended(),
  timeline: [],
  ...parts,
})

function report(tasks: readonly TaskRecord[], state: Partial<OperationState> = {}, given = spec) {
  const record: OperationRecord = {
    id: 'op-1',
    kind: 'failover',
    pairId: 'pair',
    specHash: 'f'.repeat(64),
    state: { ...newOperation(given, 0), status: 'over', outcome: 'partial', pastNoReturn: true, ...state },
    tick: 9,
    dueAt: 0,
    listedAt: 0,
    requestedBy: 'ops',
    createdAt: 0,
    timeline: [],
  }
  return reportOf(given, record, tasks)
}

describe('a report', () => {
  it('names the group beside the principal where access is in trouble', () => {
    const state = ended({ outcome: 'failed', fault: gone })
    const { troubles } = report([taskOf({ stage: 'grant', key: 'a', state })])
    expect(troubles).toEqual([
      {
        stage: 'grant',
        subject: 'a',
        group: { name: 'Group a', principalId: 'a' },
        outcome: 'failed',
        passedOver: [],
        fault: gone,
      },
    ])
  })

  it('names no group where a host is in trouble', () => {
    expect(report([taskOf({ state: ended({ outcome: 'degraded' }) })]).troubles[0]).not.toHaveProperty('group')
  })

  it('names what succeeded with a part passed over', () => {
    const { troubles } = report([taskOf({ state: ended({ passedOver: ['drainHost'] }) })])
    expect(troubles).toEqual([{ stage: 'capacity', subject: 'avd-1', outcome: 'succeeded', passedOver: ['drainHost'] }])
  })

  it('of a wake-up tells what it came to, host by host', () => {
    const stages = [stage('wake', 0, { tasks: [hostSubject] })]
    const told = report([taskOf({ stage: 'wake' })], {}, { ...spec, kind: 'keepAlive', stages })
    expect(told.wakes).toMatchObject([{ host: 'avd-1', outcome: 'noHeartbeat' }])
  })

  it('tells nothing of what went well', () => {
    expect(report([taskOf({}), taskOf({ stage: 'leave', key: 'old-1' })])).toMatchObject({ troubles: [] })
  })

  it('tells lengths from the rows: of stages, of capacity, of the gap in access, of recovery', () => {
    const timeline = [seconds(10), seconds(70)].map((at) => ({ at, text: 'x' }))
    const stages = {
      capacity: { ...over(), openedAt: minutes(1), enoughAt: minutes(3) },
      revoke: { ...over(), openedAt: minutes(5), overAt: minutes(6) },
      grant: { ...over(), openedAt: minutes(7), overAt: minutes(9) },
    }
    const told = report([taskOf({ timeline })], { stages, startedAt: 0, endedAt: minutes(10) })
    expect(told).toMatchObject({
      duration: minutes(10),
      capacityReady: minutes(3),
      accessGap: minutes(4),
      recoveryTime: { count: 1, max: minutes(1) },
      stages: [{}, { name: 'revoke', duration: minutes(1) }, {}, { name: 'grant', duration: minutes(2) }],
    })
  })

  it('warns of limits looser than advised', () => {
    const loose = { ...spec, limits: { ...spec.limits, batchSize: 101, batchInterval: minutes(9) } }
    expect(report([], {}, loose).warnings).toHaveLength(2)
    expect(report([]).warnings).toEqual([])
  })

  it('spreads lengths by rank', () => {
    const lengths = Array.from({ length: 200 }, (_, i) => 200 - i)
    expect(spreadOf(lengths)).toEqual({ count: 200, p50: 100, p99: 198, max: 200 })
  })
})

describe('profiles that may be locked', () => {
  const leave = (state: Partial<OverTask>, texts: readonly string[] = []) =>
    taskOf({
      stage: 'leave',
      key: 'old-1',
      state: ended(state),
      timeline: texts.map((text, at) => ({ at, step: 'signOutUsers@primary', text })),
    })
  const passedOver = ['signOutUsers'] as const

  it('are told by host, with what the step saw last', async () => {
    const scene = { subject: oldHost, side: 'primary', hosts: [host()], begunAt: 0 } as const
    const onHost = [session(1, 'avd-old-1'), session(2, 'avd-old-1')]
    const { detail = '' } = await look(signOutUsers, { ...scene, sessions: onHost })
    const { lockedProfiles } = report([leave({ passedOver }, ['begins', '5 sessions left', detail, 'passed over'])])
    expect(lockedProfiles).toEqual({
      text: expect.stringMatching(/users with sessions there may meet a locked profile/),
      hosts: [{ host: 'AVD-Old-1', lastSeen: '2 sessions left' }],
    })
  })

  it.each<[string, Partial<OverTask>, boolean]>([
    ['where sign-out was passed over', { passedOver }, true],
    ['where the host could not be drained', { passedOver: ['drainHost'] }, true],
    ['where sign-out failed', { outcome: 'failed' }, true],
    ['not where it was proven', {}, false],
    ['not where something else was passed over', { passedOver: ['messageUsers'] }, false],
  ])('are told %s', (_, state, isTold) => {
    expect(report([leave(state)]).lockedProfiles?.hosts).toEqual(isTold ? [{ host: 'AVD-Old-1' }] : undefined)
  })

  it('are told of hosts that were never left, and not of those people go to', () => {
    const undecided = taskOf({ stage: 'leave', key: 'old-1', state: newTask(0) })
    const failed = taskOf({ state: ended({ outcome: 'failed', passedOver }) })
    expect(report([undecided, failed]).lockedProfiles?.hosts).toEqual([{ host: 'AVD-Old-1' }])
  })

  it.each([
    ['another step', { step: 'drainHost@primary', text: '2 sessions left' }],
    ['a clause that goes on', { step: 'signOutUsers@primary', text: '2 sessions left, none answers' }],
    ['nobody', { text: '2 sessions left' }],
  ])('are told with sessions that sign-out has counted, not with the words of %s', (_, entry) => {
    const task = { ...leave({ passedOver }, ['1 session left']) }
    const timeline = [...task.timeline, { at: 9, ...entry }]
    expect(report([{ ...task, timeline }]).lockedProfiles?.hosts).toMatchObject([{ lastSeen: '1 session left' }])
  })

  it('stay told where another try has signed people out since', () => {
    const told = (state: Partial<OverTask>) => report([leave({ wasUnproven: true, ...state })]).lockedProfiles?.hosts
    expect(told({})).toEqual([{ host: 'AVD-Old-1', isLeftNow: true }])
    expect(told({ passedOver })).toEqual([{ host: 'AVD-Old-1' }])
    expect(told({ outcome: 'failed' })).toEqual([{ host: 'AVD-Old-1' }])
  })

  it('are not told when nobody was let in on the other side', () => {
    expect(report([leave({ passedOver })], { pastNoReturn: false })).not.toHaveProperty('lockedProfiles')
  })
})

describe('the figures of a report', () => {
  const at = (...moments: readonly number[]) => moments.map((moment) => ({ at: moment, text: 'x' }))

  it('count from the start of the operation', () => {
    const stages = { capacity: { ...over(), enoughAt: 700 } }
    expect(report([], { startedAt: 100, endedAt: 900, stages })).toMatchObject({ duration: 800, capacityReady: 600 })
  })

  it('count how long those took that came to a place to work, first entry to last', () => {
    const { recoveryTime } = report([
      taskOf({ timeline: at(10, 20, 70) }),
      taskOf({ timeline: at(10, 110), state: ended({ outcome: 'degraded' }) }),
      taskOf({ timeline: at(10, 500), state: ended({ outcome: 'failed' }) }),
      taskOf({ timeline: at(10, 600), stage: 'grant', key: 'a' }),
      taskOf({ timeline: at(10, 700), stage: 'desktops' }),
    ])
    expect(recoveryTime).toEqual({ count: 3, p50: 100, p99: 690, max: 690 })
    expect(report([taskOf({ timeline: at(10, 20, 70) })])).toMatchObject({ recoveryTime: { count: 1, max: 60 } })
    expect(report([taskOf({ stage: 'grant', key: 'a', timeline: at(1, 2) })])).not.toHaveProperty('recoveryTime')
  })

  it('count a desktop until its user is let in, whatever is done afterwards', () => {
    const state = ended({ facts: { readyAt: 40 } })
    const of = (stage: TaskRecord['stage']) => report([taskOf({ timeline: at(10, 20, 70), stage, state })]).recoveryTime
    expect(of('desktops')).toMatchObject({ count: 1, max: 30 })
    expect(of('capacity')).toMatchObject({ count: 1, max: 60 })
  })

  it('warn of limits looser than advised', () => {
    const loose = { ...spec, limits: { ...spec.limits, batchSize: 101, batchInterval: seconds(599) } }
    expect(report([], {}, loose).warnings).toEqual([
      'batchSize 101 is above the advised 100',
      'batchInterval 599 s is below the advised 10 min',
    ])
    const advised = { ...spec, limits: { ...spec.limits, batchSize: 100, batchInterval: seconds(600) } }
    expect(report([], {}, advised).warnings).toEqual([])
    expect(report([])).not.toHaveProperty('wakes')
  })
})
