import { describe, expect, test } from 'vitest'
import { vaultOutsidePrimary as rule } from '../../../../src/lib/drift/rules/vault-outside-primary.ts'
import type { Vault } from '../../../../src/lib/model/estate.ts'
import { contextOf } from '../../../support/rule-context.ts'

const personal = { pair: 'personal' } as const
const id = contextOf(personal).pair.vault?.toLowerCase() ?? ''
const check = (vaults: readonly Vault[], gaps: readonly { what: string; reason: string }[] = []) =>
  rule.check(contextOf({ ...personal, estate: { vaults, gaps } }))

describe('vault-outside-primary', () => {
  test.each(['ukwest', 'UK West', 'northeurope'])('is well in %s', (location) => {
    expect(check([{ id, location }])).toEqual({ findings: [], unchecked: [] })
  })

  test.each(['uksouth', 'UK South'])('finds it in %s, however it is written', (location) => {
    expect(check([{ id, location }]).findings).toEqual([
      { subject: 'vault', evidence: `The vault vault is in ${location}, the primary region.` },
    ])
  })

  test('says nothing of vaults the plan does not name, nor of pairs without one', () => {
    const other = { id: id.replace(/vault$/, 'backups'), location: 'uksouth' }
    expect(check([{ id, location: 'ukwest' }, other]).findings).toEqual([])
    expect(rule.appliesTo?.(contextOf())).toBe(false)
    expect(rule.appliesTo?.(contextOf(personal))).toBe(true)
  })

  test('could not check one that is not to be seen, nor behind a gap', () => {
    expect(check([]).unchecked).toMatchObject([{ subject: 'vault' }])
    expect(check([{ id, location: 'uksouth' }], [{ what: 'vaults', reason: 'no answer' }])).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'vaults: no answer' }],
    })
  })
})
