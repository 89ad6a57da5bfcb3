import { describe, expect, test } from 'vitest'
import { readSettings } from '../../src/settings.ts'

const connectionString =
  'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net'
const uris = {
  Storage__tableServiceUri: 'https://a.table.example/',
  Storage__queueServiceUri: 'https://a.queue.example',
  Storage__blobServiceUri: 'https://a.blob.example',
}
const custom = { ...uris, AZURE_CLOUD: 'custom', ARM_ENDPOINT: 'https://localhost:8443/' }

const problemsOf = (environment: Record<string, string | undefined>): readonly string[] => {
  try {
    readSettings(environment)
    return []
  } catch (error) {
    return (error as Error).message.split('\n').slice(1)
  }
}

describe('settings', () => {
  test('need nothing but storage', () => {
    expect(readSettings({ Storage: connectionString })).toEqual({
      storage: { connectionString },
      cloud: {
        endpoint: 'https://management.azure.com',
        scope: 'https://management.azure.com/.default',
        authorityHost: 'https://login.microsoftonline.com',
        isCustom: false,
      },
      identity: { isManaged: false },
      planFile: 'plans/plan.yaml',
      logLevel: 'info',
      inventoryKeptDays: 7,
    })
  })

  test.each([
    ['public', 'https://a1b.table.core.windows.net', 'https://management.azure.com'],
    ['usgovernment', 'https://a1b.table.core.usgovcloudapi.net', 'https://management.usgovcloudapi.net'],
    ['china', 'https://a1b.table.core.chinacloudapi.cn', 'https://management.chinacloudapi.cn'],
  ])('find the account and Resource Manager of the cloud %s', (AZURE_CLOUD, tableUri, endpoint) => {
    const { storage, cloud } = readSettings({ Storage__accountName: 'a1b', AZURE_CLOUD })
    expect(storage).toMatchObject({ tableUri })
    expect(cloud).toMatchObject({ endpoint, scope: `${endpoint}/.default` })
  })

  test('take a cloud of one’s own by its addresses alone', () => {
    const { storage, cloud } = readSettings({
      ...custom,
      ARM_AUDIENCE: 'https://arm.example/',
      AZURE_AUTHORITY_HOST: 'https://login.example',
    })
    expect(storage).toMatchObject({ tableUri: 'https://a.table.example' })
    expect(cloud).toEqual({
      endpoint: 'https://localhost:8443',
      scope: 'https://arm.example/.default',
      authorityHost: 'https://login.example',
      isCustom: true,
    })
    expect(readSettings(custom).cloud.scope).toBe('https://localhost:8443/.default')
  })

  test('see a managed identity, and which one', () => {
    const AZURE_CLIENT_ID = '11111111-2222-4333-8444-555555555555'
    const { identity } = readSettings({ ...custom, IDENTITY_ENDPOINT: 'https://localhost/msi', AZURE_CLIENT_ID })
    expect(identity).toEqual({ isManaged: true, clientId: AZURE_CLIENT_ID })
  })

  test('know the region by its display name, as the platform sets it', () => {
    expect(readSettings({ ...custom, REGION_NAME: 'UK West' }).region).toBe('ukwest')
    expect(readSettings(custom)).not.toHaveProperty('region')
  })

  test('that are empty count as missing', () => {
    expect(problemsOf({ Storage: '  ', AZURE_CLOUD: '' })).toEqual([expect.stringContaining('Storage: needs')])
  })

  test('that are wrong are all told at once, by name', () => {
    const problems = problemsOf({
      AZURE_CLOUD: 'custom',
      ARM_AUDIENCE: 'http://plain.example',
      AZURE_CLIENT_ID: 'me',
      SWEEP_SCHEDULE: '* * * * *',
      INVENTORY_KEPT: 'a week',
      LOG_LEVEL: 'chatty',
      Storage__queueServiceUri: 'https://user:password@a.queue.example',
    })
    const names = problems.map((line) => line.slice(2).split(':')[0]).sort()
    expect(names).toEqual(
      [
        'ARM_AUDIENCE',
        'ARM_ENDPOINT',
        'AZURE_CLIENT_ID',
        'INVENTORY_KEPT',
        'LOG_LEVEL',
        'SWEEP_SCHEDULE',
        'Storage',
        'Storage__queueServiceUri',
      ].sort(),
    )
  })

  test.each([
    ['an unknown cloud', { Storage: connectionString, AZURE_CLOUD: 'moon' }, 'AZURE_CLOUD'],
    [
      'an endpoint without its cloud',
      { Storage: connectionString, ARM_ENDPOINT: 'https://arm.example' },
      'ARM_ENDPOINT',
    ],
    ['an endpoint with a path', { ...custom, ARM_ENDPOINT: 'https://arm.example/base' }, 'ARM_ENDPOINT'],
    ['an account name in a cloud of one’s own', { ...custom, ...none(uris), Storage__accountName: 'a1b' }, 'Storage'],
    ['two of three addresses', { ...uris, Storage__blobServiceUri: undefined }, 'Storage'],
    ['a connection string without a key', { Storage: 'AccountName=a' }, 'Storage'],
  ])('with %s are refused', (_, environment, name) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(new RegExp(`^- ${name}: `))])
  })

  test('never show a secret', () => {
    const problems = problemsOf({ Storage: 'AccountKey=c2VjcmV0;AccountName=', LOG_LEVEL: 'x' }).join('\n')
    expect(problems).toContain('Storage')
    expect(problems).not.toContain('c2VjcmV0')
  })
})

function none(environment: object): Record<string, undefined> {
  return Object.fromEntries(Object.keys(environment).map((name) => [name, undefined]))
}
