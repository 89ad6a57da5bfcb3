/** The app as Azure would run it, configured by the environment alone: the real functions on the local host. A child of the demo. */
import { fileURLToPath } from 'node:url'
import { functionKeys } from '../../tools/function-keys.ts'
import { loadApp } from '../host/load-app.ts'
import { createLocalHost } from '../host.ts'

/** What the parent gets to know, once it serves. */
export type AppNews = { readonly port: number }

async function serve(): Promise<void> {
  const app = await loadApp(() => import('../../src/functions/index.ts'))
  const host = createLocalHost({
    app,
    hostJson: fileURLToPath(new URL('../../host.json', import.meta.url)),
    keys: functionKeys(app, { reading: process.env.READING_KEY ?? '', changing: process.env.CHANGING_KEY ?? '' }),
    log: ({ level, category, functionName, message }) => {
      if (category === 'host' && (level === 'warning' || level === 'error'))
        process.stdout.write(`${JSON.stringify({ level, host: functionName, message })}\n`)
    },
  })
  await host.start()
  const port = await host.listen()
  process.send?.({ port } satisfies AppNews)
}

// Ctrl-C reaches every process of the terminal; the parent decides when this one ends, and its own end is the latest.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(0))
await serve()
