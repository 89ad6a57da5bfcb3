import { describe, expect, test } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { newOperation, type OperationState } from '../../../src/lib/machine/operation-state.ts'
import type { OperationSpec, StageName } from '../../../src/lib/machine/spec.ts'
import type { OperationRecord, TaskGlance } from '../../../src/lib/ports/operations.ts'
import { keepAlive } from '../../../src/lib/runbooks/keep-alive.ts'
import { operationView, stagesToGlance } from '../../../src/lib/status/operation-view.ts'
import { desktop, hostSubject, now, spec as pooledSpec } from '../../support/step-things.ts'

const keys = Array.from({ length: 250 }, (_, i) => `vm-${i}`)
const spec: OperationSpec = {
  ...pooledSpec,
  strategy: 'personalReplicated',
  stages: [
    { name: 'secure', after: [], steps: [], tasks: [{ kind: 'pair', key: 'pair' }], trouble: 'turnBack' },
    {
      name: 'desktops',
      after: [],
      steps: [],
      tasks: keys.map((key) => ({ ...desktop, key })),
      batchSize: 100,
      batchInterval: minutes(10),
      trouble: 'goOn',
    },
  ],
  out: [{ host: 'vm-x', code: 'notReplicated', reason: 'not replicated' }],
}

const glance = (key: string, parts: Partial<TaskGlance> = {}): TaskGlance => ({
  stage: 'desktops',
  key,
  batch: 0,
  tick: 3,
  dueAt: now,
  retries: 0,
  status: 'open',
  outcome: '',
  hasUndo: false,
  isUnproven: false,
  isHalfWay: false,
  step: 'failoverVm@secondary',
  ...parts,
})

/** `secure` is over, two of the three batches of desktops are released. */
function running(parts: Partial<OperationState> = {}): OperationRecord {
  const fresh = newOperation(spec, now)
  const { secure, desktops } = fresh.stages
  const state: OperationState = {
    ...fresh,
    stages: {
      ...(secure && { secure: { ...secure, status: 'over', tally: { ...secure.tally, open: 0, succeeded: 1 } } }),
      ...(desktops && { desktops: { ...desktops, status: 'open', releasedBatches: 2, lastReleaseAt: now } }),
    },
    ...parts,
  }
  return {
    id: 'failover-pair-1',
    kind: 'failover',
    pairId: 'pair',
    specHash: 'a'.repeat(64),
    state,
    tick: 1,
    dueAt: now,
    listedAt: now,
    requestedBy: 'key:changing',
    createdAt: now,
    timeline: [{ at: now, text: 'started by key:changing' }],
  }
}

describe('the view of an operation', () => {
  const glances = [
    ...keys.slice(0, 90).map((key) => glance(key, { status: 'over', outcome: 'succeeded' })),
    glance('vm-90', { status: 'over', outcome: 'degraded' }),
    glance('vm-91', { status: 'over', outcome: 'failed' }),
    ...keys.slice(92, 200).map((key) => glance(key)),
    ...keys.slice(200).map((key) => glance(key, { status: 'waiting', step: '' })),
  ]
  const view = operationView(running(), spec, { desktops: glances }, now + minutes(5))

  test('counts the desktops and says where the open ones are', () => {
    expect(view.hosts).toEqual({ total: 250, done: 91, failed: 1, out: 1 })
    expect(view.stages[1]).toMatchObject({
      tasks: { total: 250, waiting: 50, open: 108, succeeded: 90, degraded: 1, failed: 1, aborted: 0 },
      steps: { 'failoverVm@secondary': 108 },
    })
    expect(view.stages[0]?.tasks).toMatchObject({ total: 1, succeeded: 1, open: 0 })
  })

  test('says when the next batch comes', () => {
    expect(view.stages[1]?.batches).toEqual({ released: 2, total: 3, nextAt: '2030-03-17T17:56:40Z' })
  })

  test('names what went wrong, with what it was at', () => {
    expect(view.troubles).toEqual([
      { stage: 'desktops', subject: 'vm-90', outcome: 'degraded', step: 'failoverVm@secondary' },
      { stage: 'desktops', subject: 'vm-91', outcome: 'failed', step: 'failoverVm@secondary' },
    ])
  })

  test('counts what tries again as open', () => {
    const again = operationView(running({ retries: 1 }), spec, { desktops: glances }, now)
    expect(again.stages[1]?.tasks).toMatchObject({ open: 109, failed: 0 })
  })

  test('counts rows that are not there yet as waiting', () => {
    const early = operationView(running(), spec, { desktops: glances.slice(0, 10) }, now)
    expect(early.stages[1]?.tasks.waiting).toBe(240)
  })

  test('shows a hundred troubles and counts the rest', () => {
    const failed = keys.map((key) => glance(key, { status: 'over', outcome: 'failed' }))
    const bad = operationView(running(), spec, { desktops: failed }, now)
    expect([bad.troubles.length, bad.troublesLeftOut]).toEqual([100, 150])
  })

  test('glances only at stages that are open or have trouble', () => {
    const { state } = running()
    expect(stagesToGlance(spec, state)).toEqual(['desktops'])
    const { secure } = state.stages
    const troubled = {
      ...state,
      stages: { ...state.stages, ...(secure && { secure: { ...secure, tally: { ...secure.tally, degraded: 1 } } }) },
    }
    expect(stagesToGlance(spec, troubled)).toEqual(['secure', 'desktops'] satisfies StageName[])
  })
})

describe('the view of a wake-up', () => {
  const woken: OperationSpec = {
    ...pooledSpec,
    kind: 'keepAlive',
    keepAlive: { stayOn: minutes(120), maxOnTime: minutes(480), patches: 'none' },
    stages: keepAlive('secondary', { patches: 'none' }).map((stage) => ({
      ...stage,
      tasks: stage.name === 'wake' ? [hostSubject] : [],
    })),
  }
  const state = newOperation(woken, now)
  const record = { id: 'keepAlive-1', kind: 'keepAlive', pairId: 'pair', specHash: 'x', state } as OperationRecord

  test('counts the hosts that are woken, and says when they will be off again', () => {
    const view = operationView({ ...record, timeline: [] }, woken, {}, now)
    expect(view).toMatchObject({ kind: 'keepAlive', hosts: { total: 1, done: 0, failed: 0, out: 0 } })
    expect(view.eta.map(({ name }) => name)).toEqual(['over'])
    const length = Date.parse(view.eta[0]?.at ?? '') - now
    expect([length > minutes(120), length < minutes(150)]).toEqual([true, true])
  })
})
