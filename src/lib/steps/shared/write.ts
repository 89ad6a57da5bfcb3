/** What writes come to. */
import type { Answer, Fault } from '../../core/fault.ts'
import type { Begun, Look } from '../../machine/step.ts'

export const accepted: Begun = { kind: 'accepted' }

export const refused = (fault: Fault): Begun => ({ kind: 'refused', fault })

export const begunOf = (answer: Answer<unknown>): Begun => (answer.kind === 'ok' ? accepted : answer)

/** Somebody or something else is at work on the resource: only the next look can tell what comes of it. */
export const begunUnlessBusy = (answer: Answer<unknown>): Begun =>
  answer.kind === 'refused' && answer.fault.code === 'conflict'
    ? { kind: 'unknown', fault: answer.fault }
    : begunOf(answer)

/** Nothing was sent, because what must hold first could not be read. */
export function refusedBy({ seen, detail }: Look): Begun {
  if (seen.kind === 'faulted' || seen.kind === 'couldNotLook') return refused(seen.fault)
  return refused({ code: 'unproven', message: detail ?? 'could not be read in time', retryable: true })
}

/** Several writes as one: refused only when every one was, unknown when none got through and one may have. */
export function begunOfAll(answers: readonly Answer<unknown>[]): Begun {
  if (answers.length === 0 || answers.some(({ kind }) => kind === 'ok')) return accepted
  const lost = answers.find(({ kind }) => kind === 'unknown') ?? answers[0]
  return begunOf(lost as Answer<unknown>)
}

/** Writes sent side by side; the fence ends the waves, so that all of them stay within `beginBudget`. */
const waveSize = 10

export async function sendEach<T>(
  items: readonly T[],
  send: (item: T) => Promise<Answer<unknown>>,
): Promise<readonly Answer<unknown>[]> {
  const answers: Answer<unknown>[] = []
  for (let at = 0; at < items.length; at += waveSize)
    answers.push(...(await Promise.all(items.slice(at, at + waveSize).map(send))))
  return answers
}
