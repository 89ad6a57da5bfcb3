/** Emulator and app as processes of their own, both in fast time. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Azurite, startAzurite } from '../../tools/azurite.ts'
import { type FastTime, fastTimeEnvironment, fastTimePreload } from '../fast-time/fast-time.ts'
import type { AppNews } from './app-process.ts'

export type Keys = { readonly reading: string; readonly changing: string }

export type AppProcess = {
  readonly url: string
  readonly keys: Keys
  readonly pid: number
  /** Undefined while it runs. */
  readonly ended: () => string | undefined
  readonly stop: () => Promise<void>
}

export const startStorage = (time: FastTime): Promise<Azurite> =>
  startAzurite({ preload: [fastTimePreload], env: fastTimeEnvironment(time) })

/** Real milliseconds until the app serves, on a busy machine. */
const startDeadline = 60_000

const oneProcess = fileURLToPath(new URL('app-process.ts', import.meta.url))

/** `settings`: all that the app is told. What it writes goes to the log file. */
export async function startApp(
  settings: Readonly<Record<string, string>>,
  time: FastTime,
  logFile: string,
  { keys = newKeys(), program = oneProcess }: { readonly keys?: Keys; readonly program?: string } = {},
): Promise<AppProcess> {
  const log = openSync(logFile, 'w')
  const child = spawn(process.execPath, ['--require', fastTimePreload, program], {
    stdio: ['ignore', log, log, 'ipc'],
    env: {
      PATH: process.env.PATH,
      ...settings,
      ...fastTimeEnvironment(time),
      READING_KEY: keys.reading,
      CHANGING_KEY: keys.changing,
    },
  })
  closeSync(log)
  return watch(child, keys, logFile)
}

async function watch(child: ChildProcess, keys: Keys, logFile: string): Promise<AppProcess> {
  let end: string | undefined
  const over = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      end = `the app ended with ${code ?? signal}; its log is ${logFile}`
      resolve()
    })
  })
  const killNow = () => child.kill('SIGKILL')
  process.once('exit', killNow)
  const stop = async () => {
    process.off('exit', killNow)
    if (end === undefined) child.kill('SIGKILL')
    await over
  }
  const first = await Promise.race([firstNews(child), over, expiry()])
  if (!first) {
    await stop()
    throw new Error(end ?? `the app did not start; its log is ${logFile}`)
  }
  const url = `http://127.0.0.1:${first.port}/api`
  return { url, keys, pid: child.pid ?? -1, ended: () => end, stop }
}

const firstNews = (child: ChildProcess) =>
  new Promise<AppNews>((resolve) => child.once('message', (message) => resolve(message as AppNews)))

const expiry = () => new Promise<void>((resolve) => setTimeout(resolve, startDeadline).unref())

export const newKeys = (): Keys => ({ reading: newKey(), changing: newKey() })

const newKey = () => randomBytes(24).toString('base64url')

type Server = { readonly origin: string; readonly environment: Readonly<Record<string, string>> }

/** All that the app is told: nothing of it names a simulator. */
export const appSettings = (server: Server, connectionString: string, planFile: string) => ({
  Storage: connectionString,
  AZURE_CLOUD: 'custom',
  ARM_ENDPOINT: server.origin,
  ARM_AUDIENCE: server.origin,
  ...server.environment,
  PLAN_FILE: planFile,
  SWEEP_SCHEDULE: '*/30 * * * * *',
  INVENTORY_SCHEDULE: '0 */15 * * * *',
  KEEP_ALIVE_SCHEDULE: '0 5,20,35,50 * * * *',
  FOLLOW_UP_SCHEDULE: '15 * * * * *',
})
