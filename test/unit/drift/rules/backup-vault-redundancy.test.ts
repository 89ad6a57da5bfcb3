import { describe, expect, test } from 'vitest'
import { backupVaultRedundancy } from '../../../../src/lib/drift/rules/backup-vault-redundancy.ts'
import type { BackupItem, Vault } from '../../../../src/lib/model/estate.ts'
import { storageIdOf, vmIdOf } from '../../../support/plans.ts'
import { contextOf, subjectsOf } from '../../../support/rule-context.ts'
import { backupOf, planWith, storageLines, vaultIdOf } from '../../../support/side-traits.ts'

const plan = planWith({
  personal: 'backup: { machines: true }',
  pooled: `${storageLines}\nbackup: { shares: true }`,
})
const vaultOf = (redundancy?: string, name = 'backups'): Vault => ({
  id: vaultIdOf(name).toLowerCase(),
  location: 'uksouth',
  ...(redundancy !== undefined && { redundancy }),
})
const check = (pair: 'pooled' | 'personal', item: BackupItem, vaults: readonly Vault[]) =>
  backupVaultRedundancy.check(contextOf({ pair, plan, estate: { backupItems: [item], vaults } }))
const machine = backupOf('vm', vmIdOf('rg-p', 'pc-1'))
const share = backupOf('share', storageIdOf('stprofp'), { share: 'profiles' })

describe('backup-vault-redundancy', () => {
  test.each(['ZoneRedundant', 'GeoRedundant'])('is well with %s', (redundancy) => {
    expect(check('personal', machine, [vaultOf(redundancy)])).toEqual({ findings: [], unchecked: [] })
  })

  test('finds local redundancy of what holds machines, and of what holds shares', () => {
    expect(check('personal', machine, [vaultOf('LocallyRedundant')])).toEqual({
      findings: [
        { subject: 'rg-b/backups', evidence: 'Backups in rg-b/backups are kept with local redundancy alone.' },
      ],
      unchecked: [],
    })
    expect(subjectsOf(check('pooled', share, [vaultOf('LocallyRedundant')]))).toEqual(['rg-b/backups'])
  })

  test('does not flag vaults that hold nothing of the pair', () => {
    const other = { ...machine, vaultId: vaultIdOf('other') }
    const vaults = [vaultOf('ZoneRedundant', 'other'), vaultOf('LocallyRedundant')]
    expect(check('personal', other, vaults)).toEqual({ findings: [], unchecked: [] })
    expect(check('pooled', machine, [vaultOf('LocallyRedundant')])).toEqual({ findings: [], unchecked: [] })
    const away = backupOf('share', storageIdOf('stprofs'), { share: 'profiles' })
    expect(check('pooled', away, [vaultOf('LocallyRedundant')])).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check a vault that was not seen, does not tell, or is old', () => {
    expect(check('personal', machine, [])).toMatchObject({ findings: [], unchecked: [{ subject: 'rg-b/backups' }] })
    expect(check('personal', machine, [vaultOf()])).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'rg-b/backups' }],
    })
    const gaps = [{ what: 'vaults', reason: 'no answer' }]
    const estate = { backupItems: [machine], vaults: [vaultOf('LocallyRedundant')], gaps }
    expect(backupVaultRedundancy.check(contextOf({ pair: 'personal', plan, estate }))).toMatchObject({
      findings: [],
      unchecked: [{ reason: 'vaults: no answer' }],
    })
  })

  test.each(['vaults', 'backupItems'])('could not check behind a gap in %s', (what) => {
    const vaults = [vaultOf('LocallyRedundant')]
    const estate = { backupItems: [machine], vaults, gaps: [{ what, reason: 'no answer' }] }
    const outcome = backupVaultRedundancy.check(contextOf({ pair: 'personal', plan, estate }))
    expect([outcome.findings, outcome.unchecked[0]?.reason]).toEqual([[], `${what}: no answer`])
  })

  test('is about pairs the plan wants backed up', () => {
    expect(backupVaultRedundancy.appliesTo?.(contextOf())).toBe(false)
    expect(backupVaultRedundancy.appliesTo?.(contextOf({ plan }))).toBe(true)
    expect(backupVaultRedundancy.appliesTo?.(contextOf({ pair: 'personal', plan }))).toBe(true)
  })
})
