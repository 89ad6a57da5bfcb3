import { describe, expect, test } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { pooledStandby, revocationTail } from '../../../src/lib/runbooks/pooled-standby.ts'
import type { RunbookOptions, StageTemplate } from '../../../src/lib/runbooks/template.ts'

const failover: RunbookOptions = {
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
const dead: RunbookOptions = { ...failover, oldSideIsDown: true }
const failback: RunbookOptions = {
  ...failover,
  kind: 'failback',
  oldSide: 'secondary',
  newSide: 'primary',
  restoreOnNewSide: ['enableScalingPlan', 'enableStartOnConnect'],
}

const stagesOf = (options: RunbookOptions): readonly StageTemplate[] => pooledStandby(options) ?? []
const stageOf = (options: RunbookOptions, name: string) => stagesOf(options).find((stage) => stage.name === name)
const stepsOf = (stages: readonly StageTemplate[]) => stages.flatMap(({ steps }) => steps)
const all = [
  ['failover', failover],
  ['failover from a dead side', dead],
  ['failback', failback],
] as const

describe('the runbook of a pooled pair with a standby', () => {
  test.each(all)('%s: no grant before capacity, every revoke and every sign-out', (_, options) => {
    const gates = stageOf(options, 'grant')?.after ?? []
    expect(gates).toEqual(
      expect.arrayContaining([
        { stage: 'capacity', when: 'capacity' },
        { stage: 'revoke', when: 'succeeded' },
        { stage: 'leave', when: 'succeeded' },
      ]),
    )
  })

  test.each(all)('%s: the first grant, and nothing else, is the point of no return', (_, options) => {
    expect(stagesOf(options).flatMap(({ name, pointOfNoReturn }) => (pointOfNoReturn ? [name] : []))).toEqual(['grant'])
  })

  test.each(all)('%s: everything done before it can be taken back', (_, options) => {
    const stages = stagesOf(options)
    const before = stages.slice(
      0,
      stages.findIndex(({ name }) => name === 'grant'),
    )
    const changing = stepsOf(before).filter(({ step }) => !/^(await|message|signOut)/.test(step))
    expect(changing.length).toBeGreaterThan(4)
    expect(changing.filter(({ undo }) => undo === undefined)).toEqual([])
  })

  test.each(all)('%s: gates name only stages before them', (_, options) => {
    const names = stagesOf(options).map(({ name }) => name)
    for (const [i, { after }] of stagesOf(options).entries())
      for (const { stage } of after) expect(names.slice(0, i)).toContain(stage)
  })

  test('revokes after users were told and had their grace, once there is room for them', () => {
    expect(stageOf(failover, 'revoke')?.after).toEqual([
      { stage: 'capacity', when: 'capacity' },
      { stage: 'announce', when: 'over', delay: minutes(15) },
    ])
  })

  test('from a dead side, revokes beside the starts and waits for nothing that is dead', () => {
    expect(stageOf(dead, 'announce')).toBeUndefined()
    expect(stageOf(dead, 'revoke')?.after).toEqual([{ stage: 'secure', when: 'over' }])
    const needed = stepsOf(stagesOf(dead)).filter(({ side, required }) => side === 'primary' && required)
    expect(needed.map(({ step }) => step)).toEqual(['revokeAccess'])
  })

  test('goes back the same way with the sides swapped', () => {
    const swapped = stepsOf(stagesOf(failback))
    expect(swapped.find(({ step }) => step === 'startVm')?.side).toBe('primary')
    expect(swapped.find(({ step }) => step === 'revokeAccess')?.side).toBe('secondary')
    expect(swapped.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['enableScalingPlan', 'enableStartOnConnect']),
    )
  })

  test('puts standby hosts to rest last, when a revoked role has surely stopped working', () => {
    const last = stagesOf(failback).at(-1)
    expect(last).toMatchObject({ name: 'standDown', tasksFor: 'startedHosts' })
    expect(last?.after).toContainEqual({ stage: 'grant', when: 'over', delay: revocationTail })
    expect(revocationTail).toBe(minutes(10))
    expect(stageOf(failover, 'standDown')).toBeUndefined()
  })

  test('makes room, tells, takes away, empties and gives, each stage for those it is about', () => {
    expect(
      stagesOf(failback).map(({ name, tasksFor, steps }) => [name, tasksFor, steps.map(({ step }) => step)]),
    ).toEqual([
      ['secure', 'pair', ['disableScalingPlan', 'disableStartOnConnect']],
      ['capacity', 'newHosts', ['excludeFromScaling', 'startVm', 'awaitHost', 'undrainHost']],
      ['announce', 'oldHosts', ['messageUsers']],
      ['revoke', 'assignments', ['revokeAccess']],
      ['leave', 'oldHosts', ['drainHost', 'signOutUsers']],
      ['grant', 'assignments', ['grantAccess']],
      ['verify', 'pair', ['verifyAccess']],
      ['settle', 'pair', ['enableScalingPlan', 'enableStartOnConnect']],
      ['handBack', 'newHosts', ['includeInScaling']],
      ['standDown', 'startedHosts', ['deallocateVm', 'includeInScaling']],
    ])
  })

  test.each(all)('%s: what is done is undone by its opposite, on the same side', (_, options) => {
    const undone = stepsOf(stagesOf(options)).filter(({ undo }) => undo)
    expect(Object.fromEntries(undone.map(({ step, undo }) => [step, undo]))).toEqual({
      disableScalingPlan: 'enableScalingPlan',
      disableStartOnConnect: 'enableStartOnConnect',
      excludeFromScaling: 'includeInScaling',
      startVm: 'deallocateVm',
      undrainHost: 'drainHost',
      revokeAccess: 'restoreAccess',
      drainHost: 'undrainHost',
    })
    expect(undone.filter(({ undoSide }) => undoSide)).toEqual([])
  })

  test.each(all)('%s: nothing turns back from the first grant on', (_, options) => {
    const stages = stagesOf(options)
    const first = stages.findIndex(({ name }) => name === 'grant')
    const turnsBack = (some: readonly StageTemplate[]) =>
      stepsOf(some).filter(({ onFailure }) => onFailure === 'turnBack')
    expect(turnsBack(stages.slice(first))).toEqual([])
    const goesOn = stepsOf(stages.slice(0, first)).filter(({ onFailure }) => onFailure === 'goOn')
    expect(goesOn.map(({ step }) => step)).toEqual(options.oldSideIsDown ? [] : ['messageUsers'])
  })

  test('asks a person where users could be left without a desktop, and goes on where they could not', () => {
    const troubles = (options: RunbookOptions) =>
      Object.fromEntries(stagesOf(options).map(({ name, trouble }) => [name, trouble]))
    expect(troubles(failback)).toEqual({
      secure: 'turnBack',
      capacity: 'ask',
      announce: 'goOn',
      revoke: 'ask',
      leave: 'ask',
      grant: 'ask',
      verify: 'goOn',
      settle: 'goOn',
      handBack: 'goOn',
      standDown: 'goOn',
    })
    expect(troubles(dead)).toMatchObject({ secure: 'goOn', leave: 'ask' })
  })

  test('does without messages, autoscale and tags if it must, and without nothing else', () => {
    const optional = stepsOf(stagesOf(failback)).filter(({ required }) => !required)
    expect(optional.map(({ step, side }) => `${step}@${side}`)).toEqual([
      'messageUsers@secondary',
      'enableScalingPlan@primary',
      'enableStartOnConnect@primary',
      'includeInScaling@primary',
      'includeInScaling@secondary',
    ])
  })

  test('opens each stage behind what it depends on', () => {
    expect(Object.fromEntries(stagesOf(failback).map(({ name, after }) => [name, after]))).toMatchObject({
      secure: [],
      capacity: [{ stage: 'secure', when: 'over' }],
      announce: [{ stage: 'capacity', when: 'capacity' }],
      leave: [{ stage: 'revoke', when: 'succeeded' }],
      verify: [{ stage: 'grant', when: 'over' }],
      settle: [{ stage: 'verify', when: 'over' }],
      handBack: [
        { stage: 'settle', when: 'over' },
        { stage: 'capacity', when: 'over' },
      ],
      standDown: [
        { stage: 'verify', when: 'over' },
        { stage: 'grant', when: 'over', delay: revocationTail },
      ],
    })
  })

  test.each(all)('%s: starts in the batches of the plan', (_, options) => {
    expect(stageOf(options, 'capacity')).toMatchObject({ batchSize: 100, batchInterval: minutes(10) })
    const paced = stagesOf(options).filter(({ batchSize, batchInterval }) => batchSize || batchInterval)
    expect(paced.map(({ name }) => name)).toEqual(['capacity'])
  })

  test('switches on again what was switched off, and takes tags off only once autoscale is back', () => {
    const ends = (restoreOnNewSide: RunbookOptions['restoreOnNewSide']) =>
      stagesOf({ ...failover, restoreOnNewSide })
        .filter(({ name }) => name === 'settle' || name === 'handBack')
        .map(({ name, steps }) => [name, ...steps.map(({ step }) => step)])
    expect(ends([])).toEqual([])
    expect(ends(['enableStartOnConnect'])).toEqual([['settle', 'enableStartOnConnect']])
    expect(ends(['enableScalingPlan'])).toEqual([
      ['settle', 'enableScalingPlan'],
      ['handBack', 'includeInScaling'],
    ])
  })

  test.each(['drill', 'reprotect', 'keepAlive', 'restoreExtensions'] as const)('has no %s', (kind) => {
    expect(pooledStandby({ ...failover, kind })).toBeUndefined()
  })
})
