import { describe, expect, test } from 'vitest'
import { hours } from '../../../../src/lib/core/time.ts'
import { machinesBackedUp } from '../../../../src/lib/drift/rules/machines-backed-up.ts'
import type { BackupItem } from '../../../../src/lib/model/estate.ts'
import { now, personalSeen, vmIdOf, vmOf, withSide } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { backupOf, planWith } from '../../../support/side-traits.ts'

const plan = planWith({ personal: 'backup: { machines: true }' })
const all = ['pc-1', 'pc-2', 'pc-3'].map((name) => backupOf('vm', vmIdOf('rg-p', name)))
const check = (backupItems: readonly BackupItem[] = all, seen = personalSeen) =>
  machinesBackedUp.check(contextOf({ pair: 'personal', plan, seen, estate: { backupItems } }))
const first = (traits: Partial<BackupItem>) => [backupOf('vm', vmIdOf('rg-p', 'pc-1'), traits), ...all.slice(1)]

describe('machines-backed-up', () => {
  test('is well when every desktop is protected and was backed up lately', () => {
    expect(check()).toEqual({ findings: [], unchecked: [] })
    expect(check(first({ state: 'ProtectionConfigured', lastBackup: now - hours(8 * 24) }))).toEqual({
      findings: [],
      unchecked: [],
    })
  })

  test('finds a desktop that no vault knows', () => {
    expect(check(all.slice(1)).findings).toEqual([{ subject: 'pc-1', evidence: 'Azure Backup does not know pc-1.' }])
    expect(subjectsOf(check([{ ...backupOf('share', vmIdOf('rg-p', 'pc-1')) }, ...all.slice(1)]))).toEqual(['pc-1'])
  })

  test('finds a backup that was stopped, unless another vault goes on', () => {
    const outcome = check(first({ state: 'ProtectionStopped' }))
    expect(outcome.findings).toEqual([
      { subject: 'pc-1', evidence: 'The backup of pc-1 is in the state ProtectionStopped.' },
    ])
    expect(check([...first({ state: 'ProtectionStopped' }), ...all])).toEqual({ findings: [], unchecked: [] })
  })

  test.each(['IRPending', 'ProtectionPaused', 'BackupsSuspended', 'ProtectionError', 'Invalid'])(
    'finds the state %s',
    (state) => {
      expect(subjectsOf(check(first({ state })))).toEqual(['pc-1'])
    },
  )

  test('could not check a state that is a new word', () => {
    expect(check(first({ state: 'SomethingNew' }))).toMatchObject({ findings: [], unchecked: [{ subject: 'pc-1' }] })
  })

  test('finds a backup that is too old', () => {
    expect(subjectsOf(check(first({ lastBackup: now - hours(8 * 24 + 1) })))).toEqual(['pc-1'])
  })

  test('does not flag machines of the secondary side', () => {
    const seen = withSide(personalSeen, 'secondary', { vms: [vmOf('rg-pw', 'pc-1', 'ukwest')] })
    expect(check(all, seen)).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check what Azure does not say, or what is old', () => {
    const { lastBackup, ...undated } = backupOf('vm', vmIdOf('rg-p', 'pc-1'))
    expect(check([undated, ...all.slice(1)])).toMatchObject({ findings: [], unchecked: [{ subject: 'pc-1' }] })
    expect(check(first({ state: 'Unknown' }))).toMatchObject({ findings: [], unchecked: [{ subject: 'pc-1' }] })
    const twice = [
      ...first({ state: 'Unknown' }),
      backupOf('vm', vmIdOf('rg-p', 'pc-1'), { state: 'ProtectionStopped' }),
    ]
    expect(check(twice)).toMatchObject({ findings: [], unchecked: [{ subject: 'pc-1' }] })
    expect(check([], withGap(personalSeen, 'primary', 'vms', 'asLastSeen'))).toMatchObject({
      findings: [],
      unchecked: [{ subject: '' }],
    })
    const gaps = [{ what: 'backupItems', reason: 'no answer' }]
    const old = machinesBackedUp.check(contextOf({ pair: 'personal', plan, estate: { backupItems: [], gaps } }))
    expect([old.findings, old.unchecked[0]?.reason, lastBackup]).toEqual([
      [],
      'backupItems: no answer',
      now - hours(20),
    ])
  })

  test('is about pairs the plan wants backed up', () => {
    expect(machinesBackedUp.appliesTo?.(contextOf({ pair: 'personal' }))).toBe(false)
    expect(machinesBackedUp.appliesTo?.(contextOf({ pair: 'personal', plan }))).toBe(true)
  })
})
