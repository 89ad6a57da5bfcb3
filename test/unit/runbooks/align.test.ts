import { describe, expect, test } from 'vitest'
import { align } from '../../../src/lib/runbooks/align.ts'

describe('the runbook that puts findings right', () => {
  test.each(['primary', 'secondary'] as const)('works on the %s side alone', (side) => {
    expect(new Set(align(side).flatMap(({ steps }) => steps.map((step) => step.side)))).toEqual(new Set([side]))
    expect(align(side).flatMap(({ steps }) => steps.flatMap(({ undoSide }) => undoSide ?? []))).toEqual([])
  })

  test('has one step a task, so that each fix is whole wherever it stops', () => {
    expect(align('primary').map(({ steps }) => steps.length)).toEqual([1, 1, 1, 1, 1, 1, 1])
  })

  test('drains once autoscale is off, and publishes applications once their groups are made', () => {
    const waits = align('primary').filter(({ after }) => after.length > 0)
    expect(waits.map(({ name, after }) => [name, after])).toEqual([
      ['drain', [{ stage: 'autoscale', when: 'over' }]],
      ['applications', [{ stage: 'applicationGroups', when: 'over' }]],
    ])
  })

  test('takes back settings alone: nobody is let in again, and nothing is deleted', () => {
    expect(align('primary').flatMap(({ steps }) => steps.flatMap(({ undo }) => undo ?? []))).toEqual([
      'restorePoolProperty',
    ])
  })

  test('asks nobody and turns back for nothing: nobody sits beside it', () => {
    expect(new Set(align('primary').map(({ trouble }) => trouble))).toEqual(new Set(['goOn']))
    expect(align('primary').some(({ pointOfNoReturn, putsBack }) => pointOfNoReturn || putsBack)).toBe(false)
  })
})
