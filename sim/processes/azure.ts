import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { AzureBegin, AzureEnd, AzureNews } from './azure-process.ts'

export type AzureProcess = AzureNews & {
  readonly pid: number
  /** The ledger's word, with the estate's. */
  readonly judge: () => Promise<AzureEnd>
  readonly stop: () => Promise<void>
}

const program = fileURLToPath(new URL('azure-process.ts', import.meta.url))
/** Real milliseconds for an answer, on a busy machine, and for an orderly end. */
const answerDeadline = 30_000
const stopDeadline = 3_000

/** The simulated Azure as a process of its own. Throws when it does not start. */
export async function startAzure(begin: AzureBegin): Promise<AzureProcess> {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const killNow = () => child.kill('SIGKILL')
  process.once('exit', killNow)
  const over = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ask = async <T>(question: unknown): Promise<T> => {
    const answer = new Promise<T>((resolve) => child.once('message', (message) => resolve(message as T)))
    child.send(question as AzureBegin)
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), answerDeadline).unref())
    const first = await Promise.race([answer, over, late])
    if (first === undefined) throw new Error('the simulated Azure does not answer')
    return first as T
  }
  const stop = async () => {
    process.off('exit', killNow)
    await end(child, over)
  }
  try {
    const news = await ask<AzureNews>(begin)
    return { ...news, pid: child.pid ?? -1, judge: () => ask<AzureEnd>('judge'), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function end(child: ChildProcess, over: Promise<void>): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), stopDeadline)
  if (child.connected) child.disconnect()
  await over
  clearTimeout(timer)
}
