import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStorage, type Storage } from '../../../src/lib/storage/storage.ts'
import { connectionStringOf } from '../../../tools/azurite.ts'
import { useAzurite } from '../../support/azurite.ts'

/** What the emulator would forgive and Azure would not: looked at as it leaves. */
describe('a request to storage', () => {
  const seen: { url: string; body: string }[] = []
  let server: Server
  let storage: Storage
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      seen.push({ url: decodeURIComponent(request.url ?? ''), body: await text(request) })
      response.writeHead(403).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    storage = createStorage({
      connectionString: connectionStringOf({ blobPort: port, queuePort: port, tablePort: port }),
    })
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const sent = async (call: Promise<unknown>) => {
    seen.length = 0
    await expect(call).rejects.toThrow()
    return seen[0] ?? { url: '', body: '' }
  }

  it('names numbers as doubles, because a bare integer beyond 32 bits is refused', async () => {
    const row = { pk: 'p', rk: 'r', value: {}, index: { dueAt: 1.8e12, tick: 3 } }
    const inserted = await sent(storage.table('operations').insert(row))
    expect(JSON.parse(inserted.body)).toMatchObject({
      dueAt: 1.8e12,
      'dueAt@odata.type': 'Edm.Double',
      'tick@odata.type': 'Edm.Double',
    })
    const queried = await sent(storage.table('operations').query('p', [{ property: 'dueAt', is: 'le', value: 1.8e12 }]))
    expect(queried.url).toContain('dueAt le 1800000000000.0')
  })

  it('asks for keys and index alone when documents are not wanted', async () => {
    const { url } = await sent(storage.table('operations').query('p', [], 'index'))
    expect(url).toContain('$select=PartitionKey,RowKey,v,writeId,index')
  })

  it('sends a message that never expires', async () => {
    const { url } = await sent(storage.queue('task-ticks').send({ n: 1 }, 1_500))
    expect(url).toMatch(/messagettl=-1/)
    expect(url).toMatch(/visibilitytimeout=2/)
  })
})

describe('a table that was never created', () => {
  const azurite = useAzurite()

  it('is a fault of the installation, not a row that is missing', async () => {
    const table = createStorage({ connectionString: azurite.connectionString() }).table('pairs')
    const row = { pk: 'p', rk: 'r', value: {} }
    await expect(table.get('p', 'r')).rejects.toMatchObject({ statusCode: 404 })
    await expect(table.remove('p', 'r')).rejects.toMatchObject({ statusCode: 404 })
    await expect(table.replace(row, 'W/"x"')).rejects.toMatchObject({ statusCode: 404 })
    await expect(table.transact('p', [{ kind: 'insert', row }])).rejects.toMatchObject({ statusCode: 404 })
    await expect(table.query('p')).rejects.toMatchObject({ statusCode: 404 })
  })
})

describe('the way to storage', () => {
  const credential = { getToken: async () => null }
  it.each([
    ['an account name', { accountName: 'acc', credential }],
    [
      'addresses',
      { tableUri: 'https://t.example/', queueUri: 'https://q.example', blobUri: 'https://b.example', credential },
    ],
    ['a connection string', { connectionString: 'AccountName=acc;AccountKey=a2V5;EndpointSuffix=core.example' }],
  ])('can be given by %s', (_, connection) => {
    expect(createStorage(connection).table('hosts')).toBeDefined()
  })

  it.each(['', 'AccountName=acc', 'UseDevelopmentStorage=true'])(
    'is refused for %j, without showing a key',
    (text_) => {
      expect(() => createStorage({ connectionString: `${text_};SharedAccessSignature=secret` })).toThrow(
        'the storage connection string needs AccountName and AccountKey',
      )
    },
  )
})
