import type { Answer } from '../core/fault.ts'
import type { Gap } from '../model/inventory.ts'
import { reasonOf } from './gap-reason.ts'

export type Answers = Readonly<Record<string, Answer<unknown> | undefined>>
export type Seen<T extends Answers> = { readonly [K in keyof T]?: T[K] extends Answer<infer V> | undefined ? V : never }

/** Values under their names, failures as gaps of the same names. What was not asked for is neither. */
export function sortAnswers<T extends Answers>(answers: T): { readonly seen: Seen<T>; readonly gaps: readonly Gap[] } {
  const seen: Record<string, unknown> = {}
  const gaps: Gap[] = []
  for (const [what, answer] of Object.entries(answers)) {
    if (answer?.kind === 'ok') seen[what] = answer.value
    else if (answer) gaps.push({ what, reason: reasonOf(answer.fault) })
  }
  return { seen: seen as Seen<T>, gaps }
}

/** All of them, or why one of them is not known. */
export function allOf<T>(answers: readonly Answer<T>[]): Answer<readonly T[]> {
  const failed = answers.find((answer) => answer.kind !== 'ok')
  if (failed) return failed
  return { kind: 'ok', value: answers.flatMap((answer) => (answer.kind === 'ok' ? [answer.value] : [])) }
}
