/** What no list has: one read for each thing that something else has named. */
import { idKey } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import { allOf } from './sort-answers.ts'

/** More of them are a gap, not a flood of reads. */
export const mostPlaces = 20

/** What is not there is left out; what could not be read makes the whole unreadable, for it would look as if it were not there. */
export async function readPlaces<T>(
  ids: readonly string[],
  read: (id: string) => Promise<Answer<readonly T[]>>,
  most = mostPlaces,
): Promise<Answer<readonly T[]>> {
  const places = new Map(ids.map((id) => [idKey(id), id]))
  if (places.size > most) {
    const message = `${places.size} of them are in use, more than ${most} are not read`
    return { kind: 'refused', fault: { code: 'rejected', message, retryable: false } }
  }
  const answers = await Promise.all([...places.values()].map(read))
  const all = allOf(answers.filter((answer) => answer.kind === 'ok' || answer.fault.code !== 'notFound'))
  return all.kind === 'ok' ? { kind: 'ok', value: all.value.flat() } : all
}

/** For a read that answers with one thing. */
export const asOne = <T>(answer: Answer<T>): Answer<readonly T[]> =>
  answer.kind === 'ok' ? { kind: 'ok', value: [answer.value] } : answer
