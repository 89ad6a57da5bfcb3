import type { RuleId } from '../../src/lib/plan/rule-ids.ts'
import type { Drift } from './drift.ts'
import { endangering } from './drifts/endangering.ts'
import { stopping } from './drifts/stopping.ts'
import { worsening } from './drifts/worsening.ts'

/** For every rule one fault that it finds, and no other rule. In the order of the rules. */
export const drifts: Readonly<Record<RuleId, Drift>> = { ...stopping, ...endangering, ...worsening }
