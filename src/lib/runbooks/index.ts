import { personalReplicated } from './personal-replicated.ts'
import { pooledStandby } from './pooled-standby.ts'
import type { Runbook } from './template.ts'

/** One runbook per strategy. A strategy that is missing here is refused by planning, by name. */
export const runbooks = { pooledStandby, personalReplicated } satisfies Record<string, Runbook>

export type Strategy = keyof typeof runbooks
