import type { Answer } from '../core/fault.ts'

/** Reads once what several sides or pairs ask for under one name. */
export type Reader = <T>(name: string, read: () => Promise<Answer<T>>) => Promise<Answer<T>>

/** Calls at once: a share of ARM's read bucket (250, 25 a second), the rest is for operations under way. */
const atOnce = 4

export function createReader(): Reader {
  const answers = new Map<string, Promise<Answer<unknown>>>()
  const waiting: (() => void)[] = []
  let running = 0
  const turn = async (): Promise<void> => {
    if (running >= atOnce) await new Promise<void>((go) => waiting.push(go))
    else running++
  }
  const release = () => {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
  return <T>(name: string, read: () => Promise<Answer<T>>) => {
    const key = name.toLowerCase()
    const known = answers.get(key) as Promise<Answer<T>> | undefined
    if (known) return known
    const answer = turn()
      .then(() => safely(read))
      .finally(release)
    answers.set(key, answer)
    return answer
  }
}

/** One broken reading must not cost the others: an inventory with a gap is better than none in the hour it is needed. */
async function safely<T>(read: () => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await read()
  } catch (error) {
    const message = error instanceof Error ? error.message : 'reading failed'
    return { kind: 'refused', fault: { code: 'unreadable', message, retryable: true } }
  }
}
