import { execFile } from 'node:child_process'
import { request as httpRequest } from 'node:http'
import { get } from 'node:https'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpsServer, startHttpsServer } from '../../sim/arm/https-server.ts'
import { createSim, type Kernel } from '../../sim/arm/kernel.ts'
import { type AsyncOperations, accepted, createAsyncOperations } from '../../sim/arm/lro.ts'
import { tokenOf } from '../../sim/arm/request.ts'
import type { Provider, Sim } from '../../sim/arm/types.ts'
import { createScaledClock } from '../../sim/clock.ts'
import { start } from './kernel-world.ts'

const run = promisify(execFile)
const vm = '/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.Compute/virtualMachines/{name}'
const location = '/subscriptions/{s}/providers/Microsoft.Compute/locations/{l}/operations/{id}'
const operationsOf = new WeakMap<Sim, AsyncOperations>()
const operations = (sim: Sim) => {
  const known = operationsOf.get(sim) ?? createAsyncOperations(sim)
  operationsOf.set(sim, known)
  return known
}

const compute: Provider = {
  namespace: 'Microsoft.Compute',
  routes: [
    {
      method: 'GET',
      path: vm,
      bucket: 'reads',
      action: 'vm/read',
      handle: (_request, { name }) => ({ status: 200, body: { name, location: 'ukwest' } }),
    },
    {
      method: 'POST',
      path: `${vm}/start`,
      bucket: 'writes',
      action: 'vm/start',
      handle: (_request, { s }, sim) => {
        const { id } = operations(sim).begin(20_000, () => undefined)
        const status = `/subscriptions/${s}/providers/Microsoft.Compute/locations/ukwest/operations/${id}?api-version=2026-04-01`
        return accepted(sim, { status, location: `${status}&monitor=true`, retryAfterSeconds: 1 })
      },
    },
    {
      method: 'GET',
      path: location,
      bucket: 'reads',
      action: 'operation/read',
      handle: (request, { id = '' }, sim) =>
        request.query.monitor === 'true'
          ? operations(sim).locationAnswer(id, { status: request.path })
          : operations(sim).statusAnswer(id),
    },
  ],
}

let server: HttpsServer
let kernel: Kernel
beforeAll(async () => {
  const clock = createScaledClock({ speed: 60, epochReal: Date.now(), epochSim: start })
  kernel = createSim({
    clock,
    seed: 1,
    providers: [compute],
    origin: () => server.origin,
    faults: { rules: [{ action: /vm\/read/, subject: /vm-reset$/, kind: 'resetBefore' }] },
  })
  server = await startHttpsServer({ handle: kernel.handle, clock, sim: kernel.sim, principal: 'the-app' })
})
afterAll(() => server.close())

test('another process works with its environment alone: managed identity, TLS, long operations', async () => {
  const child = new URL('./https-child.ts', import.meta.url).pathname
  const { stdout } = await run(process.execPath, [child], {
    env: { PATH: process.env.PATH, ARM_ENDPOINT: server.origin, ...server.environment },
  })
  expect(JSON.parse(stdout)).toEqual({ vm: 'vm-1', location: 'ukwest', refused: 'ECONNRESET' })
  const calls = kernel.sim.ledger.calls()
  expect(new Set(calls.map(({ principal }) => principal))).toEqual(new Set(['the-app']))
  expect(calls.filter(({ action }) => action === 'vm/start').map(({ status }) => status)).toEqual([202])
  // The client polls until the operation is over, then asks the location once more.
  expect(calls.filter(({ action }) => action === 'operation/read').length).toBeGreaterThanOrEqual(2)
})

test('a process that does not trust the authority gets no answer', async () => {
  const child = new URL('./https-child.ts', import.meta.url).pathname
  const { NODE_EXTRA_CA_CERTS: _, ...untrusting } = server.environment
  const attempt = run(process.execPath, [child], {
    env: { PATH: process.env.PATH, ARM_ENDPOINT: server.origin, ...untrusting },
  })
  await expect(attempt).rejects.toMatchObject({ stderr: expect.stringMatching(/self.signed|unable to (get|verify)/i) })
})

test("the Date header tells simulated time, and the server's certificate names localhost and 127.0.0.1", async () => {
  const path = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/a?api-version=2024-03-01'
  for (const host of ['localhost', '127.0.0.1']) {
    const url = `${server.origin.replace('localhost', host)}${path}`
    const date = await new Promise<string | undefined>((resolve, reject) => {
      get(url, { ca: server.caPem, headers: { authorization: `Bearer ${tokenOf('me')}` } }, (response) => {
        response.resume()
        resolve(response.headers.date)
      }).on('error', reject)
    })
    expect(Math.abs(Date.parse(date ?? '') - kernel.sim.now())).toBeLessThan(600_000)
    expect(Math.abs(Date.parse(date ?? '') - Date.now())).toBeGreaterThan(600_000)
  }
})

const askIdentity = (query: string, headers: Record<string, string>) =>
  new Promise<{ status: number; body: Record<string, string> }>((resolve, reject) => {
    httpRequest(`${server.environment.IDENTITY_ENDPOINT}?${query}`, { headers }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) })
    })
      .on('error', reject)
      .end()
  })

test('the identity endpoint gives a token for its secret alone', async () => {
  const secret = { 'X-IDENTITY-HEADER': server.environment.IDENTITY_HEADER }
  const asked = 'api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com%2F'
  const { status, body } = await askIdentity(asked, secret)
  expect([status, body.access_token, body.token_type, body.resource]).toEqual([
    200,
    'sim:the-app',
    'Bearer',
    'https://management.azure.com/',
  ])
  expect(Number(body.expires_on) * 1_000).toBeGreaterThan(kernel.sim.now() + 3_600_000)
  expect((await askIdentity(asked, {})).status).toBe(401)
  expect((await askIdentity('api-version=2019-08-01', secret)).status).toBe(400)
  expect((await askIdentity('resource=x', secret)).status).toBe(400)
})
