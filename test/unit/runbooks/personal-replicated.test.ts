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
  extensionsFirst: false,
  commits: true,
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
      'restoreExtensions',
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

  test.each(['drill', 'keepAlive'] as const)('has no %s', (kind) => {
    expect(personalReplicated({ ...options, kind })).toBeUndefined()
  })
})

const home: RunbookOptions = { ...options, kind: 'failback', oldSide: 'secondary', newSide: 'primary' }
const namesOf = (given: RunbookOptions) => stepsOf(given).map(({ step }) => step)

describe('the way home', () => {
  test('is the way out with the sides swapped', () => {
    const swapped = { primary: 'secondary', secondary: 'primary' } as const
    const turned = stepsOf(options).map((call) => ({
      ...call,
      side: swapped[call.side],
      ...(call.undoSide && { undoSide: swapped[call.undoSide] }),
    }))
    expect(stepsOf(home)).toEqual(turned)
  })

  test('switches on again at its end what was switched off, and nothing on the way out', () => {
    const restoreOnNewSide = ['enableScalingPlan', 'enableStartOnConnect'] as const
    const last = personalReplicated({ ...home, restoreOnNewSide })?.at(-1)
    expect(last).toMatchObject({ name: 'settle', after: [{ stage: 'desktops', when: 'over' }], trouble: 'goOn' })
    expect(last?.steps).toMatchObject(
      restoreOnNewSide.map((step) => ({ step, side: 'primary', required: false, onFailure: 'goOn' })),
    )
    expect(personalReplicated({ ...options, restoreOnNewSide })?.map(({ name }) => name)).toEqual([
      'secure',
      'desktops',
    ])
  })
})

describe('extensions and commit', () => {
  test('come before users where the plan wants it, and behind them otherwise', () => {
    const first = namesOf({ ...options, extensionsFirst: true })
    expect(first.slice(first.indexOf('awaitVm'))).toEqual([
      'awaitVm',
      'restoreExtensions',
      'awaitHost',
      'undrainHost',
      'commitFailover',
    ])
    expect(namesOf(options).indexOf('restoreExtensions')).toBeGreaterThan(namesOf(options).indexOf('undrainHost'))
  })

  test('keep nobody from the safe end: what cannot be restored is named', () => {
    expect(stepsOf(options).find(({ step }) => step === 'restoreExtensions')).toMatchObject({
      required: true,
      onFailure: 'goOn',
    })
  })

  test('leave the commit to a person where the plan does', () => {
    expect(namesOf({ ...options, commits: false })).toEqual(
      namesOf(options).filter((step) => step !== 'commitFailover'),
    )
  })
})

describe('what is done where a machine runs', () => {
  test.each([
    ['restoreExtensions', 'extensions', ['restoreExtensions']],
    ['reprotect', 'protect', ['reprotectVm']],
    ['commit', 'commit', ['commitFailover']],
  ] as const)('%s is one stage of one step on that side', (kind, name, steps) => {
    for (const side of ['primary', 'secondary'] as const) {
      const stages = personalReplicated({ ...options, kind, newSide: side })
      expect(stages).toMatchObject([{ name, tasksFor: 'desktops', after: [], trouble: 'goOn' }])
      expect(stages?.[0]?.steps.map((call) => [call.step, call.side])).toEqual(steps.map((step) => [step, side]))
    }
  })

  test('begins in batches what loads the regions', () => {
    const sizeOf = (kind: RunbookOptions['kind']) => personalReplicated({ ...options, kind })?.[0]?.batchSize
    expect(
      ['reprotect', 'restoreExtensions', 'changeRecoveryPoint', 'commit'].map((kind) => sizeOf(kind as 'commit')),
    ).toEqual([100, 100, 100, undefined])
  })

  test('makes a machine again from another recovery point as a failover does, without leaving the side', () => {
    const repoint = personalReplicated({ ...options, kind: 'changeRecoveryPoint' })?.[0]
    expect(repoint?.steps.map(({ step }) => step)).toEqual([
      'drainHost',
      'signOutUsers',
      'changeRecoveryPoint',
      'awaitVm',
      'awaitHost',
      'undrainHost',
      'restoreExtensions',
      'commitFailover',
    ])
    expect(new Set(repoint?.steps.map(({ side }) => side))).toEqual(new Set(['secondary']))
    expect(repoint?.steps[repoint.taskPointOfNoReturn ?? -1]?.step).toBe('changeRecoveryPoint')
    expect(repoint?.steps[0]).toMatchObject({ undo: 'undrainHost' })
  })
})
