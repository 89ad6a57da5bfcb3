/** The app as Azure would run it, configured by the environment alone: the real functions on the local host. A child of the demo. */
import { fileURLToPath } from 'node:url'
import { functionKeys } from '../../tools/function-keys.ts'
import { loadApp } from '../host/load-app.ts'
import { createLocalHost } from '../host.ts'

/** What the parent gets to know, once a second of real time and when asked to end. */
export type AppNews = {
  readonly port: number
  /** Invocations that are over, and how long they took together, in the time this process lives in. */
  readonly invocations: number
  readonly inInvocations: number
}

const newsEvery = 1_000

async function serve(): Promise<void> {
  const app = await loadApp(() => import('../../src/functions/index.ts'))
  const done = { invocations: 0, inInvocations: 0 }
  const host = createLocalHost({
    app,
    hostJson: fileURLToPath(new URL('../../host.json', import.meta.url)),
    keys: functionKeys(app, { reading: process.env.READING_KEY ?? '', changing: process.env.CHANGING_KEY ?? '' }),
    log: ({ level, category, functionName, message }) => {
      if (category === 'host' && (level === 'warning' || level === 'error'))
        process.stdout.write(`${JSON.stringify({ level, host: functionName, message })}\n`)
    },
    around: async (run) => {
      const from = performance.now()
      try {
        return await run()
      } finally {
        done.invocations += 1
        done.inInvocations += performance.now() - from
      }
    },
  })
  await host.start()
  const port = await host.listen()
  const tell = () => process.send?.({ port, ...done } satisfies AppNews)
  tell()
  setInterval(tell, newsEvery * Number(process.env.SIM_SPEED ?? 1))
}

// Ctrl-C reaches every process of the terminal; the parent decides when this one ends, and its own end is the latest.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(0))
await serve()
