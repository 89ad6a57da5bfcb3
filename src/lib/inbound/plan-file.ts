import { type PlanWarning, planWarnings } from '../plan/plan-warnings.ts'
import type { PlanProblem } from '../plan/problems.ts'
import { readPlan } from '../plan/read-plan.ts'
import type { DrPlan } from '../plan/schema.ts'
import { PlanUnusable } from './problem.ts'

export type PlanFile = {
  /** Throws `PlanUnusable`, with all problems. */
  readonly plan: () => DrPlan
  readonly problems: readonly PlanProblem[]
  readonly warnings: readonly PlanWarning[]
}

/** The plan as it was when the app started. One with problems stops what plans, not what is under way. */
export function readPlanFile(path: string, readText: (path: string) => string): PlanFile {
  const read = parse(path, readText)
  const problems = read.ok ? [] : read.problems
  return {
    plan: () => {
      if (!read.ok) throw new PlanUnusable(read.problems)
      return read.plan
    },
    problems,
    warnings: read.ok ? planWarnings(read.plan) : [],
  }
}

function parse(path: string, readText: (path: string) => string): ReturnType<typeof readPlan> {
  try {
    return readPlan(readText(path))
  } catch (error) {
    const problem = `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}`
    return { ok: false, problems: [{ path: '', problem, right: `a plan file at ${path} (setting PLAN_FILE)` }] }
  }
}
