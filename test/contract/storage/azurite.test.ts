import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { QueueClient } from '@azure/storage-queue'
import { afterEach, describe, expect, it } from 'vitest'
import { createStorage } from '../../../src/lib/storage/storage.ts'
import { type Azurite, startAzurite } from '../../../tools/azurite.ts'

const launcher = pathToFileURL(join(import.meta.dirname, '../../../tools/azurite.ts')).href

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function isGoneSoon(pid: number): Promise<boolean> {
  for (let n = 0; n < 500 && isAlive(pid); n++) await sleep(20)
  return !isAlive(pid)
}

describe('the emulator', () => {
  let azurite: Azurite | undefined
  afterEach(() => azurite?.stop())

  it('answers once it is started, and is gone once it is stopped', async () => {
    azurite = await startAzurite()
    await createStorage(azurite).ensure()
    await azurite.stop()
    expect(isAlive(azurite.pid)).toBe(false)
    await azurite.stop()
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('ends with its parent when that gets %s', async (signal) => {
    const script = `import { startAzurite } from '${launcher}'; console.log((await startAzurite()).pid); setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [printed] = await once(parent.stdout, 'data')
    const pid = Number(printed)
    expect(isAlive(pid)).toBe(true)
    parent.kill(signal)
    expect(await isGoneSoon(pid)).toBe(true)
  })

  it('does not keep its parent alive', async () => {
    const script = `import { startAzurite } from '${launcher}'; console.log((await startAzurite()).pid)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [[printed], [code]] = await Promise.all([once(parent.stdout, 'data'), once(parent, 'exit')])
    expect(code).toBe(0)
    expect(await isGoneSoon(Number(printed))).toBe(true)
  })

  it('keeps what it had on disk, and passes environment and preloads on', async () => {
    const location = await mkdtemp(join(tmpdir(), 'azurite-'))
    const preload = join(import.meta.dirname, '../../support/exit-with-word.cjs')
    try {
      azurite = await startAzurite({ location })
      await createStorage(azurite).ensure()
      await createStorage(azurite).blobs('specs').put('a', 'kept')
      await azurite.stop()
      azurite = await startAzurite({ location })
      expect(await createStorage(azurite).blobs('specs').get('a')).toBe('kept')
      await azurite.stop()
      await expect(startAzurite({ preload: [preload], env: { WORD: 'indeed' } })).rejects.toThrow(
        /ended with 3.*indeed/s,
      )
    } finally {
      await rm(location, { recursive: true, force: true })
    }
  })

  it('receives as told from a queue whose indices are adapted and not sorted anew', async () => {
    azurite = await startAzurite()
    const queue = new QueueClient(azurite.connectionString, 'many')
    await queue.create()
    const send = (n: number) => queue.sendMessage(String(n), { visibilityTimeout: n % 2 === 0 ? 0 : 3_600 })
    await Promise.all(Array.from({ length: 200 }, (_, n) => send(n)))
    const seen: string[] = []
    for (let round = 0; round < 10; round++) {
      const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 16 })
      for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
        seen.push(messageText)
        await queue.deleteMessage(messageId, popReceipt)
      }
    }
    expect(seen.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => 2 * n))
    expect((await queue.getProperties()).approximateMessagesCount).toBe(100)
  })
})
