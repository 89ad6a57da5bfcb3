/** Rules some findings of which software can put right: what a plan may name under `drift.fix`. A test holds it to the rules. */
import type { RuleId } from './rule-ids.ts'

export const fixableRules: readonly RuleId[] = [
  'one-side-has-access',
  'application-groups-mirrored',
  'applications-mirrored',
  'scaling-plans-paired',
  'start-on-connect',
  'inactive-side-fenced',
  'pool-settings-equal',
]
