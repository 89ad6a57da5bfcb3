import { describe, expect, test } from 'vitest'
import { keyVaultsOutsidePrimary as rule } from '../../../../src/lib/drift/rules/key-vaults-outside-primary.ts'
import type { KeyVault } from '../../../../src/lib/model/estate.ts'
import { subscription } from '../../../support/plans.ts'
import { contextOf } from '../../../support/rule-context.ts'
import { planWith } from '../../../support/side-traits.ts'

const idOf = (name: string) =>
  `/subscriptions/${subscription}/resourceGroups/rg-v/providers/Microsoft.KeyVault/vaults/${name}`
const secretUrl = 'https://kv-a.vault.azure.net/secrets/one/0123456789abcdef0123456789abcdef'
const plan = planWith({
  top: `
extensions:
  - extension: Contoso/Agent
    action: restore
    protectedSettingsFromKeyVault: { secretUrl: '${secretUrl}', vault: '${idOf('kv-a')}' }
`,
})
const story = { pair: 'personal', plan } as const
const check = (keyVaults: readonly KeyVault[], gaps: readonly { what: string; reason: string }[] = []) =>
  rule.check(contextOf({ ...story, estate: { keyVaults, gaps } }))

describe('key-vaults-outside-primary', () => {
  test('is well outside of the primary region', () => {
    expect(check([{ id: idOf('KV-A'), location: 'ukwest' }])).toEqual({ findings: [], unchecked: [] })
  })

  test('finds the one the catalogue names in the primary region', () => {
    expect(check([{ id: idOf('kv-a'), location: 'UK South' }]).findings).toEqual([
      { subject: 'kv-a', evidence: 'The key vault kv-a is in UK South, the primary region.' },
    ])
  })

  test('says nothing of other key vaults, and nothing where no extension needs one', () => {
    const all = [
      { id: idOf('kv-a'), location: 'ukwest' },
      { id: idOf('kv-b'), location: 'uksouth' },
    ]
    expect(check(all).findings).toEqual([])
    expect(rule.appliesTo?.(contextOf(story))).toBe(true)
    expect(rule.appliesTo?.(contextOf({ pair: 'personal' }))).toBe(false)
    expect(rule.appliesTo?.(contextOf({ plan }))).toBe(false)
  })

  test('could not check one that is not to be seen, nor behind a gap', () => {
    expect(check([]).unchecked).toMatchObject([{ subject: 'kv-a' }])
    expect(check([{ id: idOf('kv-a'), location: 'uksouth' }], [{ what: 'keyVaults', reason: 'no answer' }])).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'keyVaults: no answer' }],
    })
  })
})
