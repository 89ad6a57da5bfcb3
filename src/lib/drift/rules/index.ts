/** The registry, in the order of the pages: what stops a failover first. */
import type { Rule } from '../rule.ts'
import { oneSideHasAccess } from './one-side-has-access.ts'

export const rules: readonly Rule[] = [oneSideHasAccess]
