/** Seeds side by side, each by itself in a thread; a thread takes one seed after the other. */
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { runSeed, type SeedResult, type SeedSettings } from './one-seed.ts'

/** In the order in which they end. */
export async function runSeeds(
  all: readonly SeedSettings[],
  threads: number,
  onResult: (result: SeedResult) => void,
): Promise<void> {
  let next = 0
  const serve = async () => {
    const worker = new Worker(new URL(import.meta.url))
    try {
      for (let settings = all[next++]; settings; settings = all[next++]) onResult(await ask(worker, settings))
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(all.length, threads) }, serve))
}

function ask(worker: Worker, settings: SeedSettings): Promise<SeedResult> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(new Error(`seed ${settings.seed}: ${error.message}`))
    worker.once('error', failed)
    worker.once('message', (result: SeedResult) => {
      worker.off('error', failed)
      resolve(result)
    })
    worker.postMessage(settings)
  })
}

if (!isMainThread) {
  parentPort?.on('message', (settings: SeedSettings) => {
    // A rejection ends the thread, and reaches whoever asked as its error.
    void runSeed(settings).then((result) => parentPort?.postMessage(result))
  })
}
