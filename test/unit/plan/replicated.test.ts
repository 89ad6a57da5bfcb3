import { describe, expect, test } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import { readPlan } from '../../../src/lib/plan/read-plan.ts'
import { planText, storageIdOf, subscription } from '../../support/plans.ts'

/** The personal pair of the small plan, whose `reprotect` block is its last. */
const withPair = (line: string) => `${planText}    ${line}\n`
const personal = (text: string) => {
  const read = readPlan(text)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return read.plan.pairs[1]
}
const problemsOf = (text: string) => {
  const read = readPlan(text)
  return read.ok ? [] : read.problems
}

describe('what a plan says of replicated desktops', () => {
  test('has a default for everything but the storage', () => {
    const pair = personal(planText.replace(/ {4}reprotect:\n.*\n/, ''))
    expect(pair).toMatchObject({ recoveryPoint: 'latest', commit: 'auto', extensions: {} })
    expect(pair && 'reprotect' in pair).toBe(false)
    expect(personal(planText)?.reprotect?.start).toBe('manual')
  })

  test('is warned of where it leaves desktops unprotected', () => {
    const warningsOf = (text: string) => {
      const read = readPlan(text)
      return read.ok ? read.warnings : []
    }
    expect(warningsOf(planText)).toEqual([])
    expect(warningsOf(planText.replace(/ {4}reprotect:\n.*\n/, ''))).toMatchObject([
      { path: 'pairs[1].reprotect', code: 'noReprotect', message: expect.stringMatching(/^Pair personal /) },
    ])
  })

  test.each([
    ['commit: auto', 'auto'],
    ['commit: manual', { deadline: hours(20), remindEvery: hours(4) }],
    ['commit: { manual: {} }', { deadline: hours(20), remindEvery: hours(4) }],
    ['commit: { manual: { deadline: 2 d, remindEvery: 30 min } }', { deadline: hours(48), remindEvery: hours(0.5) }],
  ])('%s', (line, expected) => {
    expect(personal(withPair(line))?.commit).toEqual(expected)
  })

  test.each(['latest', 'latestProcessed', 'latestAppConsistent', 'latestCrashConsistent'])(
    'recovers from the point %s',
    (word) => {
      expect(personal(withPair(`recoveryPoint: ${word}`))?.recoveryPoint).toBe(word)
    },
  )

  test('lets extensions come first', () => {
    expect(personal(withPair('extensions: { before: users }'))?.extensions).toEqual({ before: 'users' })
  })

  test.each<[string, string, string, string, string]>([
    ['a point of one machine', withPair('recoveryPoint: custom'), 'recoveryPoint', 'is "custom"', 'one of latest, '],
    ['another way to commit', withPair('commit: never'), 'commit', 'is "never"', 'auto, manual, or'],
    [
      'a reminder too seldom',
      withPair('commit: { manual: { remindEvery: 2 d } }'),
      'commit.manual.remindEvery',
      'is "2 d"',
      'a length of time',
    ],
    [
      'a deadline too late',
      withPair('commit: { manual: { deadline: 16 d } }'),
      'commit.manual.deadline',
      'is "16 d"',
      'a length of time',
    ],
    [
      'an option of the reminder slightly off',
      withPair('commit: { manual: { remindevery: 2 h } }'),
      'commit.manual.remindevery',
      'is not an option',
      'did you mean remindEvery?',
    ],
    [
      'extensions before something else',
      withPair('extensions: { before: commit }'),
      'extensions.before',
      'is "commit"',
      'users',
    ],
    [
      'no storage',
      planText.replace(/\n {6}cacheStorage: .*/, ' {}'),
      'reprotect.cacheStorage',
      'is missing',
      'primary and secondary',
    ],
    [
      'storage that is only named',
      planText.replace(storageIdOf('caches'), 'caches'),
      'reprotect.cacheStorage.secondary',
      'is "caches"',
      'the id of a storage account',
    ],
    [
      'one account for both regions',
      planText.replace(storageIdOf('caches'), storageIdOf('CACHEP')),
      'reprotect.cacheStorage.secondary',
      'is the primary account',
      'a storage account in the region',
    ],
    [
      'another start',
      planText.replace(/(cacheStorage: .*)\n/, '$1\n      start: soon\n'),
      'reprotect.start',
      'is "soon"',
      'one of auto, manual',
    ],
  ])('%s is refused', (_, text, path, problem, right) => {
    const found = problemsOf(text)
    expect(found).toMatchObject([{ path: `pairs[1].${path}`, problem, line: expect.any(Number) }])
    expect(found[0]?.right.startsWith(right)).toBe(true)
  })
})

const vault = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-dr`
const secret = `protectedSettingsFromKeyVault: { secretUrl: https://kv-dr.vault.azure.net/secrets/agent, vault: ${vault} }`
const withEntries = (...entries: readonly string[]) =>
  planText.replace('pairs:', `extensions:\n${entries.map((entry) => `  - { ${entry} }\n`).join('')}pairs:`)
const catalogueIn = (...entries: readonly string[]) => {
  const read = readPlan(withEntries(...entries))
  return read.ok ? read.plan.extensions : read.problems
}

describe('the catalogue of extensions', () => {
  test('is empty in a plan that does not speak of it', () => {
    const read = readPlan(planText)
    expect(read.ok && read.plan.extensions).toEqual([])
  })

  test('has settings of any shape, and secrets by their address', () => {
    expect(
      catalogueIn(`extension: Contoso/Agent, action: restore, settings: { a: { b: [1, null] } }, ${secret}`),
    ).toEqual([
      {
        extension: 'Contoso/Agent',
        action: 'restore',
        settings: { a: { b: [1, null] } },
        protectedSettingsFromKeyVault: { secretUrl: 'https://kv-dr.vault.azure.net/secrets/agent', vault },
      },
    ])
  })

  test.each([
    'https://kv-dr.vault.azure.net/secrets/agent/0123456789abcdef0123456789abcdef',
    'https://kv-dr.vault.usgovcloudapi.net/secrets/agent',
    'https://kv-dr.vault.azure.cn/secrets/agent',
  ])('takes the secret %s', (address) => {
    const entry = `extension: Contoso/Agent, action: restore, ${secret.replace(/https:[^,]+/, address)}`
    expect(readPlan(withEntries(entry)).ok).toBe(true)
  })

  const agent = 'extension: Contoso/Agent, action: restore'
  const never = 'skip or manual: it would join or register the machine once more'
  test.each<[string, readonly string[], string, string, string]>([
    [
      'an extension without its publisher',
      ['extension: Agent, action: skip'],
      '[0].extension',
      'is "Agent"',
      'publisher and type',
    ],
    [
      'an extension without an action',
      ['extension: Contoso/Agent'],
      '[0].action',
      'is missing',
      'one of restore, skip, manual',
    ],
    [
      'another action',
      ['extension: Contoso/Agent, action: keep'],
      '[0].action',
      'is "keep"',
      'one of restore, skip, manual',
    ],
    ['settings that are text', [`${agent}, settings: all`], '[0].settings', 'is "all"', 'settings: names and values'],
    ['an option slightly off', [`${agent}, setings: {}`], '[0].setings', 'is not an option', 'did you mean settings?'],
    [
      'one named twice',
      [agent, 'extension: CONTOSO/agent, action: skip'],
      '[1].extension',
      'is named before',
      'each kind once',
    ],
    [
      'a domain join once more',
      ['extension: Microsoft.Compute/JsonADDomainExtension, action: restore'],
      '[0].action',
      'is "restore"',
      never,
    ],
    [
      'a registration once more',
      ['extension: microsoft.powershell/dsc, action: restore'],
      '[0].action',
      'is "restore"',
      never,
    ],
    [
      'one that waits for itself',
      [`${agent}, after: [contoso/agent]`],
      '[0].after',
      'leads back to the extension itself',
      'an order without a ring',
    ],
    [
      'a ring with what is built in',
      [
        'extension: Microsoft.Azure.Monitor/AzureMonitorWindowsAgent, action: restore, after: [Microsoft.Azure.Monitoring.DependencyAgent/DependencyAgentWindows]',
      ],
      '[0].after',
      'leads back to the extension itself',
      'an order without a ring',
    ],
    [
      'a secret that is a text',
      [`${agent}, protectedSettingsFromKeyVault: secret`],
      '[0].protectedSettingsFromKeyVault',
      'is "secret"',
      'secretUrl and vault',
    ],
    [
      'a secret without its vault',
      [`${agent}, ${secret.replace(/, vault: [^ ]+/, '')}`],
      '[0].protectedSettingsFromKeyVault.vault',
      'is missing',
      'the id of a key vault',
    ],
    [
      'a secret of another place',
      [`${agent}, ${secret.replace('https://kv-dr.vault.azure.net', 'http://kv-dr.example')}`],
      '[0].protectedSettingsFromKeyVault.secretUrl',
      'is "http://kv-dr.example/secrets/agent"',
      'the address of a secret',
    ],
    [
      'a secret of another vault',
      [`${agent}, ${secret.replace('vaults/kv-dr', 'vaults/kv-other')}`],
      '[0].protectedSettingsFromKeyVault.vault',
      'is kv-other',
      'the vault of the secret: kv-dr',
    ],
  ])('%s is refused', (_, entries, path, problem, right) => {
    const found = problemsOf(withEntries(...entries))
    expect(found).toMatchObject([{ path: `extensions${path}`, problem, line: expect.any(Number) }])
    expect(found[0]?.right.startsWith(right)).toBe(true)
  })

  test('with a ring of three names each that is in it', () => {
    const found = problemsOf(
      withEntries(
        'extension: a/a, action: restore, after: [b/b]',
        'extension: b/b, action: restore, after: [c/c]',
        'extension: c/c, action: restore, after: [a/a]',
        'extension: d/d, action: restore, after: [a/a]',
      ),
    )
    expect(found.map(({ path }) => path)).toEqual(['extensions[0].after', 'extensions[1].after', 'extensions[2].after'])
  })
})
