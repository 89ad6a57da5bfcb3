import { describe, expect, test } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { personalReplicated } from '../../../src/lib/runbooks/personal-replicated.ts'
import type { RunbookOptions } from '../../../src/lib/runbooks/template.ts'

const options: RunbookOptions = {
  kind: 'failover',
  oldSide: 'primary',
  newSide: 'secondary',
  oldSideIsDown: false,
  grace: minutes(15),
  restoreOnNewSide: [],
  batchSize: 100,
  batchInterval: minutes(10),
}
const dead = { ...options, oldSideIsDown: true }

const desktopsOf = (given: RunbookOptions) => personalReplicated(given)?.find(({ name }) => name === 'desktops')
const stepsOf = (given: RunbookOptions) => desktopsOf(given)?.steps ?? []

describe('the runbook of a personal pool that is replicated', () => {
  test('tells, drains and signs out before it moves, and lets in before it commits', () => {
    const places = [
      'messageUsers',
      'awaitGrace',
      'drainHost',
      'signOutUsers',
      'failoverVm',
      'awaitVm',
      'awaitHost',
      'undrainHost',
      'commitFailover',
    ].map((name) => stepsOf(options).findIndex(({ step }) => step === name))
    expect(places).not.toContain(-1)
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })

  test.each([options, dead])('runs on to its safe end once the failover is begun', (given) => {
    const at = desktopsOf(given)?.taskPointOfNoReturn ?? -1
    expect(stepsOf(given)[at]?.step).toBe('failoverVm')
    expect(
      stepsOf(given)
        .slice(at + 1)
        .map(({ onFailure }) => onFailure),
    ).not.toContain('turnBack')
  })

  test('is released in the batches of the plan, all of a desktop in one task', () => {
    expect(desktopsOf(options)).toMatchObject({ tasksFor: 'desktops', batchSize: 100, batchInterval: minutes(10) })
  })

  test('waits for nothing on a dead side', () => {
    const steps = personalReplicated(dead)?.flatMap((stage) => stage.steps) ?? []
    expect(steps.filter(({ side, required }) => side === 'primary' && required)).toEqual([])
    expect(
      stepsOf(options)
        .filter(({ side, required }) => side === 'primary' && required)
        .map(({ step }) => step),
    ).toEqual(['drainHost', 'signOutUsers'])
  })

  test('follows once autoscale and Start VM on Connect are off, and is not held up by the desktops that fail', () => {
    const [first, second, ...more] = personalReplicated(options) ?? []
    expect(first).toMatchObject({ name: 'secure', tasksFor: 'pair', after: [], trouble: 'turnBack' })
    expect(second).toMatchObject({ name: 'desktops', after: [{ stage: 'secure', when: 'over' }], trouble: 'goOn' })
    expect(more).toEqual([])
  })

  test.each([options, dead])('takes back a drain, and starts a source again that may have been shut down', (given) => {
    const undone = stepsOf(given).filter(({ undo }) => undo)
    const drained = { step: 'drainHost', side: 'primary', undo: 'undrainHost' }
    const moved = { step: 'failoverVm', side: 'secondary', undo: 'startVm', undoSide: 'primary' }
    // A source on a side that is down cannot be started again.
    const expected = given.oldSideIsDown ? [drained] : [drained, moved]
    expect(undone).toHaveLength(expected.length)
    expect(undone).toMatchObject(expected)
  })

  test('tells users as far as it can, and moves without it', () => {
    const told = stepsOf(options).filter(({ required }) => !required)
    expect(told).toEqual(
      ['messageUsers', 'awaitGrace'].map((step) => ({ step, side: 'primary', required: false, onFailure: 'goOn' })),
    )
    expect(stepsOf(dead).map(({ step }) => step)).toEqual(
      stepsOf(options)
        .map(({ step }) => step)
        .filter((step) => step !== 'messageUsers' && step !== 'awaitGrace'),
    )
  })

  test.each(['failback', 'drill', 'reprotect', 'keepAlive', 'restoreExtensions'] as const)('has no %s', (kind) => {
    expect(personalReplicated({ ...options, kind })).toBeUndefined()
  })
})
