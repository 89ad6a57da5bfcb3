/** A plan file's text to a plan, or every problem at once. An invalid plan starts nothing. */
import { checkPlan } from './check-plan.ts'
import { type PlanWarning, planWarnings } from './plan-warnings.ts'
import { type Located, type PlanProblem, problemsOf } from './problems.ts'
import { type DrPlan, planSchema } from './schema.ts'
import { type Path, readYaml } from './yaml-text.ts'

export type ReadPlan =
  | { readonly ok: true; readonly plan: DrPlan; readonly warnings: readonly PlanWarning[] }
  | { readonly ok: false; readonly problems: readonly PlanProblem[] }

/** A file with more slips than that is not a plan. */
const mostProblems = 200

/** Never throws, whatever the text. Durations of the plan are milliseconds, GUIDs lower case. */
export function readPlan(yamlText: string): ReadPlan {
  const yaml = readYaml(yamlText)
  if (!yaml.ok) return yaml
  const parsed = planSchema.safeParse(yaml.value)
  const crossed = checkPlan(yaml.value)
  if (parsed.success && crossed.length === 0)
    return { ok: true, plan: parsed.data, warnings: planWarnings(parsed.data) }
  const single = parsed.success ? [] : problemsOf(planSchema, yaml.value, parsed.error.issues)
  const told = new Set(single.map(({ path }) => path))
  const all = [...single, ...crossed.filter(({ path }) => !told.has(path))]
  return { ok: false, problems: all.slice(0, mostProblems).map((one) => withLine(one, yaml.lineOf)) }
}

function withLine({ at, ...problem }: Located, lineOf: (path: Path) => number | undefined): PlanProblem {
  const line = lineOf(at)
  return line === undefined ? problem : { ...problem, line }
}
