/** `npm start`: the bundle that runs in Azure, on the local host, in real time, against whatever the environment names. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadApp } from '../sim/host/load-app.ts'
import { createLocalHost } from '../sim/host.ts'
import { readPlanFile } from '../src/lib/inbound/plan-file.ts'
import { readSettings } from '../src/settings.ts'
import { buildApp, bundleUrl } from './build.ts'
import { functionKeys } from './function-keys.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a deployment sets too; the host reads the two schedules itself. */
const defaults = {
  SWEEP_SCHEDULE: '*/30 * * * * *',
  INVENTORY_SCHEDULE: '0 */15 * * * *',
  KEEP_ALIVE_SCHEDULE: '0 5,20,35,50 * * * *',
  FOLLOW_UP_SCHEDULE: '15 * * * * *',
}

/** As the Functions tools do: what the environment has already wins over the file. */
function loadSettings(): void {
  const path = join(root, 'local.settings.json')
  const { Values = {} } = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as { readonly Values?: Readonly<Record<string, string>> })
    : {}
  for (const [name, value] of Object.entries({ ...defaults, ...Values })) process.env[name] ??= value
}

/** In Azure the platform keeps them; here they come from the environment, or are made up and shown. */
function keys(): { readonly reading: string; readonly changing: string } {
  const keyOf = (right: string, name: string) => {
    const given = process.env[name]
    if (given) return given
    const made = randomBytes(24).toString('base64url')
    console.log(`Key for ${right} (${name}): ${made}`)
    return made
  }
  return { reading: keyOf('reading', 'READING_KEY'), changing: keyOf('changing', 'CHANGING_KEY') }
}

async function start(): Promise<void> {
  loadSettings()
  const { planFile } = readSettings()
  for (const { path, problem, right, line } of readPlanFile(planFile, (file) => readFileSync(file, 'utf8')).problems)
    console.error(`${planFile}${line === undefined ? '' : `:${line}`}: ${path} ${problem}; right is ${right}`)
  await buildApp()
  const app = await loadApp(() => import(bundleUrl.href))
  const host = createLocalHost({
    app,
    hostJson: join(root, 'host.json'),
    keys: functionKeys(app, keys()),
    log: ({ level, category, message }) => {
      if (category === 'host' && level !== 'trace' && level !== 'debug') console.log(`${level}: ${message}`)
    },
  })
  await host.start()
  const port = await host.listen(Number(process.env.PORT ?? 7071))
  console.log(`Serving http://127.0.0.1:${port}/api: ${host.functionNames().join(', ')}`)
  const stop = () => {
    void host.stop({ drain: true }).finally(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

start().catch((error) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
