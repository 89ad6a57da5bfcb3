/** Writes plans/plan.schema.json, which editors check a plan with: `node tools/plan-schema.ts`. */
import { writeFileSync } from 'node:fs'
import { z } from 'zod'
import { planSchema } from '../src/lib/plan/schema.ts'

export const planSchemaText = (): string =>
  `${JSON.stringify({ ...z.toJSONSchema(planSchema, { io: 'input' }), title: 'DR plan' }, null, 2)}\n`

if (import.meta.main) writeFileSync(new URL('../plans/plan.schema.json', import.meta.url), planSchemaText())
