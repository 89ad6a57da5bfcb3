import { describe, expect, it } from 'vitest'
import { catalogueOf, entryFor, kindOf } from '../../../src/lib/extensions/catalogue.ts'
import { defaultEntries, neverRestored } from '../../../src/lib/extensions/defaults.ts'

const built = catalogueOf([])
const actionOf = (kind: string, catalogue = built) => entryFor(catalogue, kind.toLowerCase())?.action

describe('what is built in', () => {
  it.each([
    ['Microsoft.Compute/JsonADDomainExtension', 'skip'],
    ['Microsoft.Powershell/DSC', 'skip'],
    ['Microsoft.Azure.RecoveryServices.SiteRecovery/Windows', 'skip'],
    ['Microsoft.Azure.AzureDefenderForServers/MDE.Windows', 'skip'],
    ['Microsoft.GuestConfiguration/ConfigurationforWindows', 'skip'],
    ['Microsoft.HpcCompute/NvidiaGpuDriverWindows', 'skip'],
    ['Microsoft.Azure.Monitor/AzureMonitorWindowsAgent', 'restore'],
    ['Microsoft.Azure.Monitoring.DependencyAgent/DependencyAgentWindows', 'restore'],
    ['Microsoft.Azure.Security.WindowsAttestation/GuestAttestation', 'restore'],
    ['Microsoft.Azure.Security/IaaSAntimalware', 'restore'],
    ['Microsoft.Azure.NetworkWatcher/NetworkWatcherAgentWindows', 'restore'],
    ['Microsoft.Azure.ActiveDirectory/AADLoginForWindows', 'restore'],
    ['Microsoft.Compute/CustomScriptExtension', 'manual'],
    ['Microsoft.Azure.Monitor/SomethingNew', undefined],
    ['Contoso/Agent', undefined],
  ])('%s: %s', (kind, action) => {
    expect(actionOf(kind)).toBe(action)
  })

  it('gives a reason for all that is not restored, and names each kind once', () => {
    for (const { action, reason } of defaultEntries) expect(reason !== undefined).toBe(action !== 'restore')
    expect(built.size).toBe(defaultEntries.length)
  })

  it('has an order that knows its own kinds', () => {
    for (const { after = [] } of defaultEntries) for (const kind of after) expect(actionOf(kind)).toBe('restore')
  })

  it('never restores what would join or register a machine anew', () => {
    expect(neverRestored.map((kind) => actionOf(kind))).toEqual(['skip', 'skip'])
  })
})

describe('what the plan says', () => {
  const agent = 'Microsoft.Azure.Monitor/AzureMonitorWindowsAgent'

  it('goes before what is built in, and leaves the rest of it', () => {
    const catalogue = catalogueOf([{ extension: agent.toUpperCase(), action: 'restore', settings: { a: 1 } }])
    const entry = entryFor(catalogue, agent.toLowerCase())
    expect(entry).toMatchObject({ action: 'restore', settings: { a: 1 } })
    expect(entry?.after).toEqual(entryFor(built, agent.toLowerCase())?.after)
  })

  it('does not keep a reason that speaks of something else', () => {
    const script = 'Microsoft.Compute/CustomScriptExtension'
    const reasonFor = (action: 'skip' | 'manual') =>
      entryFor(catalogueOf([{ extension: script, action }]), script.toLowerCase())?.reason
    expect([reasonFor('skip'), typeof reasonFor('manual')]).toEqual([undefined, 'string'])
  })

  it('may speak of a publisher as a whole, and of one kind of it otherwise', () => {
    const catalogue = catalogueOf([
      { extension: 'Contoso/*', action: 'skip' },
      { extension: 'Contoso/Agent', action: 'restore' },
    ])
    expect([actionOf('contoso/agent', catalogue), actionOf('contoso/other', catalogue)]).toEqual(['restore', 'skip'])
  })

  it('knows nothing of a kind whose publisher only begins alike', () => {
    expect(actionOf('contosoX/agent', catalogueOf([{ extension: 'Contoso/*', action: 'skip' }]))).toBeUndefined()
  })

  it('names the secret by the id of its vault', () => {
    const secret = { secretUrl: 'https://kv.vault.azure.net/secrets/a', vault: '/vaults/kv' }
    const entry = { extension: 'Contoso/Agent', action: 'restore', protectedSettingsFromKeyVault: secret } as const
    expect(entryFor(catalogueOf([entry]), 'contoso/agent')?.protectedSettingsFromKeyVault).toEqual({
      secretUrl: secret.secretUrl,
      vaultId: secret.vault,
    })
  })
})

it('writes a kind in one spelling', () => {
  expect(kindOf({ publisher: 'Microsoft.Compute', type: 'CustomScriptExtension' })).toBe(
    'microsoft.compute/customscriptextension',
  )
})
