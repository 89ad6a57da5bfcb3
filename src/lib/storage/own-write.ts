import { StorageAway } from './errors.ts'

/** What a look after a write found: our write, the state before it, or somebody else's. */
export type ReadBack<T> =
  | { readonly kind: 'ours'; readonly value: T }
  | { readonly kind: 'untouched' }
  | { readonly kind: 'others' }

/** One more try after a lost answer; then the caller is told that storage is away. */
const maxTries = 2

/**
 * A write that recognises itself (design rule 6): the value, or undefined when somebody else's change stands in the way.
 *
 * `write` gives undefined when storage refused it (409, 412) and throws `StorageAway` when its answer got lost. A refusal can
 * be the echo of our own write, so what is there decides. Repeating is safe although the lost request may still be on its
 * way: whichever of the two comes second is refused, and is then recognised by its `writeId`.
 */
export async function writeOnce<T>(
  write: () => Promise<T | undefined>,
  readBack: (isLost: boolean) => Promise<ReadBack<T>>,
): Promise<T | undefined> {
  let wasLost = false
  for (let tries = 1; ; tries++) {
    const answer = await answerOf(write)
    if (answer.value !== undefined) return answer.value
    wasLost ||= answer.lost !== undefined
    const found = await readBack(wasLost)
    if (found.kind === 'ours') return found.value
    if (answer.lost === undefined || found.kind === 'others') return undefined
    if (tries === maxTries) throw answer.lost
  }
}

async function answerOf<T>(
  write: () => Promise<T | undefined>,
): Promise<{ value?: T | undefined; lost?: StorageAway }> {
  try {
    return { value: await write() }
  } catch (error) {
    if (error instanceof StorageAway) return { lost: error }
    throw error
  }
}
