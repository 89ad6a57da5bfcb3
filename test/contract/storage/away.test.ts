import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import { createStorage, type Storage } from '../../../src/lib/storage/storage.ts'
import { connectionStringOf } from '../../../tools/azurite.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

type Listener = (request: IncomingMessage, response: ServerResponse, giveUp: () => void) => void

/** A storage that answers every request as told, and counts them. `giveUp` is the deadline of the calls under way. */
async function badStorage(listener: Listener): Promise<{ storage: Storage; requests: () => number }> {
  let requests = 0
  const deadlines: AbortController[] = []
  const bad = createServer((request, response) => {
    requests++
    listener(request, response, () => {
      for (const deadline of deadlines) deadline.abort()
    })
  })
  server = bad
  await new Promise<void>((resolve) => bad.listen(0, '127.0.0.1', resolve))
  const address = bad.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const connectionString = connectionStringOf({ blobPort: port, queuePort: port, tablePort: port })
  const deadline = () => {
    const controller = new AbortController()
    deadlines.push(controller)
    return controller.signal
  }
  return { storage: createStorage({ connectionString }, { deadline }), requests: () => requests }
}

const calls: readonly [string, (storage: Storage) => Promise<unknown>][] = [
  ['get of a row', ({ table }) => table('operations').get('p', 'r')],
  ['query', ({ table }) => table('operations').query('p')],
  ['send of a message', ({ queue }) => queue('task-ticks').send({ n: 1 }, 0)],
  ['get of a document', ({ blobs }) => blobs('specs').get('a')],
  ['put of a document', ({ blobs }) => blobs('specs').put('a', 'text')],
  ['list of documents', ({ blobs }) => blobs('specs').list('')],
]
const answer =
  (status: number, body = ''): Listener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', 'retry-after-ms': '5' }).end(body)
  }
const trouble: readonly [string, Listener][] = [
  ['is busy (503)', answer(503)],
  ['has an error (500)', answer(500, '<html>oops</html>')],
  ['asks for a pause (429)', answer(429)],
  ['gives up on itself (408)', answer(408)],
  ['breaks the connection', (request) => request.socket.destroy()],
  ['stays silent', (_request, _response, giveUp) => giveUp()],
]

describe.each(trouble)('storage that %s', (_, listener) => {
  it.each(calls)('is away for a %s, after a single request', async (_name, call) => {
    const { storage, requests } = await badStorage(listener)
    await expect(call(storage)).rejects.toThrow(StorageAway)
    expect(requests()).toBe(1)
  })

  it('is away for a write, after one try and one look', async () => {
    const { storage, requests } = await badStorage(listener)
    await expect(storage.table('operations').insert({ pk: 'p', rk: 'r', value: {} })).rejects.toThrow(StorageAway)
    await expect(
      storage.table('operations').transact('p', [{ kind: 'upsert', row: { pk: 'p', rk: 'r', value: {} } }]),
    ).rejects.toThrow(StorageAway)
    expect(requests()).toBe(4)
  })
})

describe('storage that refuses (403)', () => {
  it.each(calls)('is not away for a %s: the refusal is shown as it came', async (_name, call) => {
    const { storage, requests } = await badStorage(answer(403))
    const error = await call(storage).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ statusCode: 403 })
    expect(error).not.toBeInstanceOf(StorageAway)
    expect(requests()).toBe(1)
  })
})

describe('storage whose answer is cut short', () => {
  const cut: Listener = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100', etag: '"0x1"' })
    response.write('{"value":[')
    setTimeout(() => response.destroy(), 10)
  }
  it.each(calls.filter(([name]) => /get|query/.test(name)))('is away for a %s', async (_name, call) => {
    const { storage, requests } = await badStorage(cut)
    await expect(call(storage)).rejects.toThrow(StorageAway)
    expect(requests()).toBe(1)
  })
})
