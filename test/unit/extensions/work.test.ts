import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { catalogueOf, type PlannedExtension } from '../../../src/lib/extensions/catalogue.ts'
import { hasSucceeded, isRestored, isSameKind, workOf } from '../../../src/lib/extensions/work.ts'
import type { VmExtension } from '../../../src/lib/model/azure.ts'
import { extensionOf } from '../../support/plans.ts'

const agent = extensionOf('Microsoft.Azure.Monitor/AzureMonitorWindowsAgent')
const dependency = extensionOf('Microsoft.Azure.Monitoring.DependencyAgent/DependencyAgentWindows', {
  name: 'aDependency',
})
const attestation = extensionOf('Microsoft.Azure.Security.WindowsAttestation/GuestAttestation', {
  name: 'zAttestation',
})
const join = extensionOf('Microsoft.Compute/JsonADDomainExtension')
const script = extensionOf('Microsoft.Compute/CustomScriptExtension')
const unknown = extensionOf('Contoso/Agent')

const workFor = (extensions: readonly VmExtension[], planned: readonly PlannedExtension[] = []) =>
  workOf({ extensions, associations: [] }, catalogueOf(planned))
const restoredBy = (...input: Parameters<typeof workFor>) => workFor(...input).restore.map(({ name }) => name)
const restore = (extension: string, more: Partial<PlannedExtension> = {}): PlannedExtension => ({
  extension,
  action: 'restore',
  ...more,
})

describe('what is to be done for one machine', () => {
  it('tells apart what is restored, what needs a person, and what is left out on purpose', () => {
    const work = workFor([join, script, agent, unknown])
    expect(work.restore.map(({ name }) => name)).toEqual(['AzureMonitorWindowsAgent'])
    expect(work.manual).toEqual([
      { name: 'Agent', reason: 'Neither the plan nor this app knows Contoso/Agent.' },
      { name: 'CustomScriptExtension', reason: expect.stringContaining('script once more') },
    ])
    expect(work.skipped).toMatchObject([{ name: 'JsonADDomainExtension' }])
  })

  it('carries over what the machine had, and nothing that it did not have', () => {
    const traits = {
      version: '1.10',
      autoUpgradeMinorVersion: true,
      enableAutomaticUpgrade: false,
      settings: '{"a":1}',
    }
    const { name, publisher, type } = agent
    expect(workFor([{ ...agent, ...traits, problem: 'none' }]).restore).toEqual([
      { name, publisher, type, ...traits, timeLimit: minutes(20) },
    ])
    expect(workFor([agent]).restore).toEqual([{ name, publisher, type, version: '1.0', timeLimit: minutes(20) }])
  })

  it('gives a script the time that Azure gives it', () => {
    expect(workFor([script], [restore('Microsoft.Compute/CustomScriptExtension')]).restore).toMatchObject([
      { timeLimit: minutes(90) },
    ])
  })

  it('is the same whatever the order in which extensions were read', () => {
    const all = [agent, dependency, attestation, join, script, unknown]
    expect(workFor(all.toReversed())).toEqual(workFor(all))
  })

  it('leaves what had failed before to a person', () => {
    const failed = { ...agent, state: 'FAILED', problem: 'no identity' }
    expect(workFor([failed])).toMatchObject({
      restore: [],
      manual: [{ name: agent.name, reason: 'It had failed before the failover: no identity' }],
    })
    expect(restoredBy([{ ...agent, state: 'Updating' }])).toEqual([agent.name])
  })

  it('associates what was associated, in the order of names', () => {
    const associations = [
      { name: 'b', ruleId: '/b' },
      { name: 'a', endpointId: '/a' },
    ]
    const work = workOf({ extensions: [], associations }, catalogueOf([]))
    expect(work.associations).toEqual([associations[1], associations[0]])
  })
})

describe('the order', () => {
  it('is that of the catalogue: attestation, monitoring, dependency', () => {
    expect(restoredBy([dependency, attestation, agent])).toEqual([attestation.name, agent.name, dependency.name])
  })

  it('does not wait for what the machine never had', () => {
    expect(restoredBy([dependency])).toEqual([dependency.name])
    expect(restoredBy([dependency, { ...agent, state: 'Failed' }])).toEqual([dependency.name])
  })

  it('heeds what the machine itself was told, by name', () => {
    const network = extensionOf('Microsoft.Azure.NetworkWatcher/A', {
      name: 'aNetwork',
      provisionAfter: ['ZATTESTATION'],
    })
    expect(restoredBy([network, attestation])).toEqual([attestation.name, network.name])
  })

  it('heeds a publisher as a whole', () => {
    const planned = [restore('Contoso/Agent', { after: ['Microsoft.Azure.Monitor/*'] })]
    expect(restoredBy([unknown, agent], planned)).toEqual([agent.name, unknown.name])
  })

  it('lets nothing wait for itself', () => {
    const own = { ...attestation, name: 'a', provisionAfter: ['a'] }
    expect(restoredBy([own, agent])).toEqual(['a', agent.name])
    expect(
      restoredBy([
        { ...agent, name: 'a', provisionAfter: ['a'] },
        { ...attestation, name: 'b' },
      ]),
    ).toEqual(['b', 'a'])
    const network = extensionOf('Microsoft.Azure.NetworkWatcher/A', { name: 'a', provisionAfter: ['a'] })
    expect(restoredBy([network, { ...agent, name: 'b' }])).toEqual(['a', 'b'])
  })

  it('comes to an end where all wait for each other', () => {
    const ring = [
      { ...agent, name: 'b', provisionAfter: ['a'] },
      { ...unknown, name: 'a', provisionAfter: ['b'] },
    ]
    expect(restoredBy(ring, [restore('Contoso/Agent')])).toEqual(['a', 'b'])
  })
})

describe('settings', () => {
  const settingsFor = (seen: string | undefined, settings: Readonly<Record<string, unknown>>) =>
    workFor(
      [{ ...agent, ...(seen !== undefined && { settings: seen }) }],
      [restore('Microsoft.Azure.Monitor/AzureMonitorWindowsAgent', { settings })],
    ).restore[0]?.settings

  it('are those seen with those of the plan over them, keys in order', () => {
    expect(settingsFor('{"b":1,"c":{"x":1}}', { c: { y: 2 }, a: [2, 1] })).toBe('{"a":[2,1],"b":1,"c":{"y":2}}')
  })

  it('lose what the plan sets to null, and are left out when nothing is left', () => {
    expect(settingsFor('{"a":1,"b":2}', { a: null })).toBe('{"b":2}')
    expect(settingsFor('{"a":1}', { a: null })).toBeUndefined()
    expect(settingsFor(undefined, { a: 1 })).toBe('{"a":1}')
  })

  it.each(['[1]', 'null', 'no json'])(
    'that are no names and values are not changed, but left to a person: %s',
    (seen) => {
      const planned = [restore('Contoso/Agent', { settings: { a: 1 } })]
      expect(workFor([{ ...unknown, settings: seen }], planned)).toMatchObject({
        restore: [],
        manual: [{ name: 'Agent' }],
      })
      expect(workFor([{ ...unknown, settings: seen }], [restore('Contoso/Agent')]).restore).toMatchObject([
        { settings: seen },
      ])
    },
  )

  it('do not enrol a machine with Intune once more', () => {
    const login = extensionOf('Microsoft.Azure.ActiveDirectory/AADLoginForWindows', { settings: '{"mdmId":"x"}' })
    expect(workFor([login]).restore[0]?.settings).toBeUndefined()
  })
})

describe('protected settings', () => {
  const needs = restore('Contoso/Agent', { needsProtectedSettings: true })
  const secret = { secretUrl: 'https://kv.vault.azure.net/secrets/a', vault: '/vaults/kv' }

  it('that are needed and not to be had leave the extension to a person', () => {
    expect(workFor([unknown], [needs])).toMatchObject({
      restore: [],
      manual: [{ reason: expect.stringContaining('no Key Vault secret') }],
    })
  })

  it('come from the Key Vault that the plan names', () => {
    const work = workFor([unknown], [{ ...needs, protectedSettingsFromKeyVault: secret }])
    expect(work.restore).toMatchObject([
      { protectedSettingsFromKeyVault: { secretUrl: secret.secretUrl, vaultId: secret.vault } },
    ])
  })
})

describe('a machine that has everything again', () => {
  const rule = { name: 'rule', ruleId: '/rule' }
  const work = workOf({ extensions: [agent, script, join], associations: [rule] }, catalogueOf([]))

  it.each<[string, readonly VmExtension[], readonly (typeof rule)[], boolean]>([
    [
      'what is restored, under other names and in other letter case',
      [{ ...agent, name: 'x', type: agent.type.toUpperCase() }],
      [rule],
      true,
    ],
    [
      'more than that',
      [agent, unknown],
      [
        { ...rule, name: 'RULE' },
        { ...rule, name: 'other' },
      ],
      true,
    ],
    ['nothing', [], [rule], false],
    ['one that failed', [{ ...agent, state: 'Failed' }], [rule], false],
    ['one that is being made', [{ ...agent, state: 'Creating' }], [rule], false],
    ['no association yet', [agent], [], false],
    ['another one of the same type name', [{ ...agent, publisher: 'Contoso' }], [rule], false],
  ])('%s', (_, extensions, associations, expected) => {
    expect(isRestored(work, { extensions, associations })).toBe(expected)
  })

  it('is any machine where nothing was to be restored', () => {
    expect(isRestored(workFor([script, join]), { extensions: [], associations: [] })).toBe(true)
  })
})

it('takes kinds and states for the same in any letter case', () => {
  expect(isSameKind(agent, { publisher: 'MICROSOFT.AZURE.MONITOR', type: 'azuremonitorwindowsagent' })).toBe(true)
  expect(isSameKind(agent, dependency)).toBe(false)
  expect([hasSucceeded({ state: 'succeeded' }), hasSucceeded({ state: 'Failed' })]).toEqual([true, false])
})
