/** One of several processes of the app: the real functions on the local host, with timers shared as in Azure. */
import { fileURLToPath } from 'node:url'
import { BlobServiceClient } from '@azure/storage-blob'
import { functionKeys } from '../../tools/function-keys.ts'
import type { AppNews } from '../demo/app-process.ts'
import { createBlobTimerStore } from '../host/blob-timer-store.ts'
import { loadApp } from '../host/load-app.ts'
import { createLocalHost } from '../host.ts'

/** The bundle where one is named, else the sources. */
const functions = process.env.APP_BUNDLE ?? new URL('../../src/functions/index.ts', import.meta.url).href

async function serve(): Promise<void> {
  const app = await loadApp(() => import(functions))
  const blobs = BlobServiceClient.fromConnectionString(process.env.Storage ?? '')
  const host = createLocalHost({
    app,
    hostJson: fileURLToPath(new URL('../../host.json', import.meta.url)),
    keys: functionKeys(app, { reading: process.env.READING_KEY ?? '', changing: process.env.CHANGING_KEY ?? '' }),
    timerStore: createBlobTimerStore(blobs.getContainerClient('azure-webjobs-hosts'), 'avd-failover'),
    log: ({ level, category, functionName, message }) => {
      if (category === 'host' && (level === 'warning' || level === 'error'))
        process.stdout.write(`${JSON.stringify({ level, host: functionName, message })}\n`)
    },
  })
  await host.start()
  const port = await host.listen(Number(process.env.PORT ?? 0))
  process.send?.({ port } satisfies AppNews)
}

// The parent decides when this one ends, and its own end is the latest.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(0))
await serve()
