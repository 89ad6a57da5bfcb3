import type { Answer } from '../core/fault.ts'

/**
 * Reads once what several sides or pairs ask for under one name. `place`: whose silence it would share, e.g. one service in
 * one region.
 */
export type Reader = <T>(name: string, read: () => Promise<Answer<T>>, place?: string) => Promise<Answer<T>>

/** Calls at once: a share of ARM's read bucket (250, 25 a second), the rest is for operations under way. */
const atOnce = 4
/** Reads of one place in a row that got no answer; the others are not sent then. Each has cost its deadline of 10 s. */
const mostSilent = 2

export function createReader(): Reader {
  const answers = new Map<string, Promise<Answer<unknown>>>()
  const waiting: (() => void)[] = []
  const silent = new Map<string, number>()
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
  const ask = async <T>(read: () => Promise<Answer<T>>, place: string | undefined): Promise<Answer<T>> => {
    if (place === undefined) return safely(read)
    if ((silent.get(place) ?? 0) >= mostSilent) return notAsked(place)
    const answer = await safely(read)
    silent.set(place, isSilence(answer) ? (silent.get(place) ?? 0) + 1 : 0)
    return answer
  }
  return <T>(name: string, read: () => Promise<Answer<T>>, place?: string) => {
    const key = name.toLowerCase()
    const known = answers.get(key) as Promise<Answer<T>> | undefined
    if (known) return known
    const answer = turn()
      .then(() => ask(read, place?.toLowerCase()))
      .finally(release)
    answers.set(key, answer)
    return answer
  }
}

const isSilence = (answer: Answer<unknown>): boolean => answer.kind !== 'ok' && answer.fault.code === 'timedOut'

/** A lost region must not take the five minutes in which the other one is to be read. */
const notAsked = (place: string): Answer<never> => {
  const message = `not asked: ${mostSilent} others of ${place} in a row got no answer`
  return { kind: 'refused', fault: { code: 'timedOut', message, retryable: true } }
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
