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

  test.each(['drill', 'reprotect', 'keepAlive', 'restoreExtensions'] as const)('has no %s', (kind) => {
    expect(pooledStandby({ ...failover, kind })).toBeUndefined()
  })
})
