import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The account and key every installation of the emulator has; public, on "Use the Azurite emulator", learn.microsoft.com. */
const account = 'devstoreaccount1'
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

export type AzuriteOptions = {
  /** Nothing on disk; the default unless there is a `location`. */
  readonly inMemory?: boolean
  /** A folder to keep everything in. */
  readonly location?: string
  /** Files for `--require`, after our own. */
  readonly preload?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Seconds an idle connection stays open. The emulator's own 5 s are short enough to meet the next request. */
  readonly keepAlive?: number
}

export type Azurite = {
  readonly connectionString: string
  readonly blobPort: number
  readonly queuePort: number
  readonly tablePort: number
  readonly pid: number
  readonly stop: () => Promise<void>
}

/** Real milliseconds until the emulator answers, on a busy machine. */
const startDeadline = 30_000
/** Real milliseconds for an orderly end, which only what is kept on disk needs. */
const stopDeadline = 3_000

/**
 * Azurite as a child of this process, on free ports of 127.0.0.1. It ends with `stop`, and with this process however that
 * ends. Throws, with what it printed, when it does not start.
 */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const [blobPort, queuePort, tablePort] = await freePorts()
  const inMemory = options.inMemory ?? options.location === undefined
  const child = spawn(process.execPath, argumentsOf(options, inMemory, { blobPort, queuePort, tablePort }), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
  })
  const killNow = () => child.kill('SIGKILL')
  process.once('exit', killNow)
  child.once('exit', () => process.off('exit', killNow))
  await ready(child)
  unref(child)
  return {
    connectionString: connectionStringOf({ blobPort, queuePort, tablePort }),
    blobPort,
    queuePort,
    tablePort,
    pid: child.pid ?? -1,
    stop: () => stop(child, inMemory),
  }
}

type Ports = Pick<Azurite, 'blobPort' | 'queuePort' | 'tablePort'>

/** For the emulator's well-known account on these ports. */
export function connectionStringOf({ blobPort, queuePort, tablePort }: Ports): string {
  const endpoint = (service: string, port: number) => `${service}Endpoint=http://127.0.0.1:${port}/${account};`
  const endpoints = [endpoint('Blob', blobPort), endpoint('Queue', queuePort), endpoint('Table', tablePort)]
  return `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};${endpoints.join('')}`
}

function argumentsOf({ preload = [], location, keepAlive }: AzuriteOptions, inMemory: boolean, ports: Ports): string[] {
  const ours = join(dirname(fileURLToPath(import.meta.url)), 'azurite-preload.cjs')
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js')
  const bound = Object.entries(ports).flatMap(([name, port]) => [`--${name}`, String(port)])
  const kept = keepAlive === undefined ? [] : ['blob', 'queue', 'table'].map((name) => `--${name}KeepAliveTimeout`)
  return [
    ...[ours, ...preload].flatMap((file) => ['--require', file]),
    program,
    ...bound,
    ...kept.flatMap((name) => [name, String(keepAlive)]),
    ...(inMemory ? ['--inMemoryPersistence'] : ['--location', location ?? '.']),
    '--skipApiVersionCheck',
    '--silent',
    '--disableTelemetry',
  ]
}

/** Three at once, so that they differ. Somebody may take one in the meantime; Azurite then refuses to start. */
async function freePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()]
  const listening = servers.map(
    (server) =>
      new Promise<number>((resolve, reject) => {
        server.once('error', reject)
        server.listen(0, '127.0.0.1', () => {
          const address = server.address()
          resolve(typeof address === 'object' && address !== null ? address.port : 0)
        })
      }),
  )
  const [blob = 0, queue = 0, table = 0] = await Promise.all(listening)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return [blob, queue, table]
}

function ready(child: ChildProcess): Promise<void> {
  let printed = ''
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`Azurite ${reason}. It printed:\n${printed}`))
    }
    const timer = setTimeout(() => fail(`did not answer within ${startDeadline} ms`), startDeadline)
    child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`))
    child.once('error', (error) => fail(`could not be started: ${error.message}`))
    const read = (piece: Buffer) => {
      printed += piece
      // The table service is the last of the three to listen.
      if (!printed.includes('Table service is successfully listening')) return
      clearTimeout(timer)
      child.removeAllListeners('error')
      resolve()
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
  })
}

/** A forgotten emulator does not keep its parent alive. What it prints later is read and dropped, or its pipe would fill up. */
function unref(child: ChildProcess): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.removeAllListeners('data').resume()
    if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
  }
  child.channel?.unref()
  child.unref()
}

async function stop(child: ChildProcess, inMemory: boolean): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.ref()
  child.kill(inMemory ? 'SIGKILL' : 'SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopDeadline)
  await ended
  clearTimeout(timer)
}
