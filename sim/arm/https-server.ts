import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Instant, Millis } from '../../src/lib/core/time.ts'
import { createCertificates } from './certificate.ts'
import { createIdentityEndpoint } from './identity-endpoint.ts'
import { toSimRequest } from './request.ts'
import type { Random, SimAnswer, SimRequest, SimResponse, Timings } from './types.ts'

export type HttpsOptions = {
  readonly handle: (request: SimRequest) => SimAnswer
  /** Scaled or real time: `at` must fire by itself. */
  readonly clock: { readonly now: () => Instant; readonly at: (when: Instant, effect: () => void) => () => void }
  readonly sim: { readonly random: Random; readonly timings: Pick<Timings, 'armLatency'> }
  /** Object id of the identity that the managed-identity endpoint gives out. */
  readonly principal: string
  /** 0, the default: a free one. */
  readonly port?: number
  readonly identityPort?: number
}

export type HttpsServer = {
  /** `https://localhost:<port>`: the endpoint of the SDK clients. */
  readonly origin: string
  readonly caPem: string
  /** File with `caPem`, for `NODE_EXTRA_CA_CERTS`. */
  readonly caPath: string
  /** What a process needs in its environment to trust this server and to be the identity. */
  readonly environment: Readonly<Record<'NODE_EXTRA_CA_CERTS' | 'IDENTITY_ENDPOINT' | 'IDENTITY_HEADER', string>>
  readonly close: () => Promise<void>
}

/** Connections without an answer live this long, in simulated time. */
const silentConnectionLives: Millis = 300_000

/**
 * The simulated Resource Manager for several processes: SDK clients send tokens over TLS alone. As in process, a request
 * is carried out at one instant, half its latency after it came in.
 */
export async function startHttpsServer(options: HttpsOptions): Promise<HttpsServer> {
  const { caPem, certPem, keyPem } = await createCertificates()
  const directory = mkdtempSync(join(tmpdir(), 'sim-azure-'))
  const caPath = join(directory, 'ca.pem')
  writeFileSync(caPath, caPem)

  const random = options.sim.random.fork('https')
  const server = createServer({ key: keyPem, cert: certPem }, (request, response) => {
    serve(request, response, options, random).catch((bug: unknown) => {
      console.error('the simulator has a bug', bug)
      response.destroy()
    })
  })
  const identity = createIdentityEndpoint({ now: options.clock.now, principal: options.principal })
  const port = await listen(server, options.port ?? 0)
  const identityPort = await listen(identity.server, options.identityPort ?? 0)

  return {
    origin: `https://localhost:${port}`,
    caPem,
    caPath,
    environment: {
      NODE_EXTRA_CA_CERTS: caPath,
      IDENTITY_ENDPOINT: `http://localhost:${identityPort}/msi/token`,
      IDENTITY_HEADER: identity.secret,
    },
    async close() {
      await Promise.all([closeServer(server), closeServer(identity.server)])
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { handle, clock, sim }: HttpsOptions,
  random: Random,
): Promise<void> {
  const half = random.between(...sim.timings.armLatency) / 2
  const wait = (length: Millis) => new Promise<void>((resolve) => clock.at(clock.now() + length, resolve))
  const body = await textOf(request).catch(() => undefined)
  // The caller went away while sending: nothing reached Resource Manager.
  if (body === undefined) return
  await wait(half)
  const answer = handle(
    toSimRequest({ method: request.method ?? 'GET', url: request.url ?? '/', headers: headersOf(request), body }),
  )
  if (answer === 'hang') await wait(silentConnectionLives)
  else await wait(half + (typeof answer === 'string' ? 0 : (answer.delay ?? 0)))
  if (typeof answer === 'string') response.destroy()
  else send(response, answer, clock.now())
}

function send(response: ServerResponse, { status, headers = {}, body }: SimResponse, now: Instant): void {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    // Simulated time: clients that measure their clock against Azure's must find one epoch.
    date: new Date(now).toUTCString(),
    ...headers,
  })
  response.end(text)
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const headersOf = ({ headers }: IncomingMessage) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

const listen = (server: HttpServer, port: number) =>
  new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

const closeServer = (server: HttpServer) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
