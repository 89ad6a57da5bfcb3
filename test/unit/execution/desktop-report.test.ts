import { describe, expect, it, test } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { desktopReportOf } from '../../../src/lib/execution/desktop-report.ts'
import type { OperationKind, StageName } from '../../../src/lib/machine/spec.ts'
import { newTask, type OverTask, type TaskState } from '../../../src/lib/machine/task-state.ts'
import type { TaskRecord } from '../../../src/lib/ports/operations.ts'
import { stage } from '../../support/operation-machine.ts'
import { desktop, hostSubject } from '../../support/step-things.ts'

const over = (outcome: OverTask['outcome'], parts: Partial<OverTask> = {}): OverTask => ({
  status: 'over',
  outcome,
  at: 0,
  undo: [],
  passedOver: [],
  ...parts,
})
const taskOf = (key: string, state: TaskState, name: StageName = 'desktops'): TaskRecord => ({
  stage: name,
  key,
  ordinal: 0,
  batch: 0,
  tick: 3,
  dueAt: 0,
  retries: 0,
  poisoned: 0,
  state,
  timeline: [],
})
const fault = (code: Fault['code'], azureCode?: string): Fault => ({
  code,
  message: 'no',
  retryable: false,
  ...(azureCode !== undefined && { azureCode }),
})
const stages = [stage('desktops', 0, { tasks: [desktop] }), stage('capacity', 0, { tasks: [hostSubject] })]
const reportOf = (tasks: readonly TaskRecord[], kind: OperationKind = 'failover') =>
  desktopReportOf({ kind, stages }, tasks)

test('nothing is told where there is nothing to tell', () => {
  expect(reportOf([taskOf('a', over('failed', { fault: fault('forbidden') })), taskOf('b', newTask(0))])).toEqual({})
})

describe('unprotected desktops', () => {
  const moved = [
    taskOf('a', over('succeeded')),
    taskOf('b', over('degraded')),
    taskOf('c', over('failed', { isHalfWay: true })),
    taskOf('d', over('failed')),
    taskOf('e', over('succeeded'), 'capacity'),
  ]

  it.each<[OperationKind]>([['failover'], ['failback']])('are counted after a %s: those that have left', (kind) => {
    expect(reportOf(moved, kind).unprotected).toEqual({
      desktops: 3,
      text: '3 desktops are not protected from here on, until protected again (reprotect)',
    })
  })

  it('are one', () => {
    expect(reportOf(moved.slice(0, 1)).unprotected?.text).toMatch(/^1 desktop is not/)
  })

  it('are not counted where nobody moves', () => {
    expect(reportOf(moved, 'restoreExtensions').unprotected).toBeUndefined()
  })
})

test('what there was no room for is counted by reason', () => {
  const short = (key: string, outcome: OverTask['outcome'], code: Fault['code'], azureCode?: string) =>
    taskOf(key, over(outcome, { fault: fault(code, azureCode) }))
  const { shortfall } = reportOf([
    short('a', 'failed', 'noCapacity', 'AllocationFailed'),
    short('b', 'failed', 'noQuota', '28031'),
    short('c', 'failed', 'noQuota', '28031'),
    short('d', 'aborted', 'noQuota'),
    short('e', 'degraded', 'noQuota', '28031'),
    short('f', 'failed', 'jobFailed'),
  ])
  expect(shortfall).toEqual({
    desktops: 4,
    reasons: [
      { code: 'noQuota', azureCode: '28031', hosts: ['b', 'c'] },
      { code: 'noCapacity', azureCode: 'AllocationFailed', hosts: ['a'] },
      { code: 'noQuota', hosts: ['d'] },
    ],
  })
})

test('extensions that are missing, or for a person, are told with the desktops that share them', () => {
  const has = (key: string, facts: Record<string, string>) => taskOf(key, over('degraded', { facts }))
  const { extensions } = reportOf(
    [
      has('a', { extensionsMissing: 'Monitor (failed)' }),
      has('b', { extensionsManual: 'Script' }),
      has('c', { extensionsManual: 'Other, Script' }),
      has('d', { extensionsManual: 'Other, Script' }),
    ],
    'restoreExtensions',
  )
  expect(extensions).toEqual({
    missing: [{ extensions: 'Monitor (failed)', hosts: ['a'] }],
    manual: [
      { extensions: 'Other, Script', hosts: ['c', 'd'] },
      { extensions: 'Script', hosts: ['b'] },
    ],
  })
})
