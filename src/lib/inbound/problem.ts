/** Answers to callers, and how failures are told: RFC 9457, "Problem Details for HTTP APIs". */
import type { PlanProblem } from '../plan/problems.ts'

export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type ProblemCode =
  | 'unauthorized'
  | 'unsupportedMediaType'
  | 'bodyTooLarge'
  | 'malformedBody'
  | 'invalidRequest'
  | 'unknownPair'
  | 'unknownPreview'
  | 'unknownOperation'
  | 'unknownTask'
  | 'noReport'
  | 'changed'
  | 'refused'
  | 'tooFar'
  | 'planUnusable'
  | 'storageAway'
  | 'unreadableRow'
  | 'internal'

export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(value),
})

/** `more` is added to the document; it must not hold what a caller may not see. */
export const problem = (
  status: number,
  code: ProblemCode,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Reply =>
  json(
    status,
    { type: `urn:avd-failover:problem:${code}`, title: titles[code], status, code, detail, ...more },
    { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
  )

/** There is a plan file, or should be, and it cannot be used. Only what plans needs it. */
export class PlanUnusable extends Error {
  override readonly name = 'PlanUnusable'
  readonly problems: readonly PlanProblem[]

  constructor(problems: readonly PlanProblem[]) {
    super(`The plan has ${problems.length} problems`)
    this.problems = problems
  }
}

const titles: Readonly<Record<ProblemCode, string>> = {
  unauthorized: 'A key is needed',
  unsupportedMediaType: 'The body must be JSON',
  bodyTooLarge: 'The body is too large',
  malformedBody: 'The body cannot be read',
  invalidRequest: 'The request is not right',
  unknownPair: 'There is no such pair',
  unknownPreview: 'There is no such preview',
  unknownOperation: 'There is no such operation',
  unknownTask: 'There is no such task',
  noReport: 'There is no report yet',
  changed: 'What was previewed is not what would be done now',
  refused: 'Refused',
  tooFar: 'Too far ahead',
  planUnusable: 'The plan cannot be used',
  storageAway: 'Storage does not answer',
  unreadableRow: 'A stored row cannot be read',
  internal: 'Something went wrong',
}

export const unknownPair = problem(404, 'unknownPair', 'The plan has no pair of this id.')
