/** Stories side by side: each in a thread of its own, as many at once as the machine has cores. */
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { runStory, type StoryResult, type StorySettings } from './run-story.ts'

export async function runStories(all: readonly StorySettings[]): Promise<readonly StoryResult[]> {
  const results: StoryResult[] = []
  let next = 0
  const work = async () => {
    for (let i = next++; i < all.length; i = next++) {
      const settings = all[i]
      if (!settings) continue
      const result = await inThread(settings)
      results[i] = result
      const { seed, processes = 1 } = settings
      console.error(
        `  story of ${result.vms.length} VMs, seed ${seed}, processes ${processes}: ${result.cpuSeconds.toFixed(0)} s of CPU`,
      )
    }
  }
  await Promise.all(Array.from({ length: Math.min(all.length, availableParallelism()) }, work))
  return results
}

function inThread(settings: StorySettings): Promise<StoryResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: settings })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a story ended with ${code} and no result`)))
  })
}

if (!isMainThread) parentPort?.postMessage(await runStory(workerData as StorySettings))
