/** What drift rules say of a pair, in planning's own words: planning does not know the rules. */
import type { Fix } from '../model/fix.ts'

export type DriftSeen = {
  /** Of every severity, whatever they do to an operation; none that the plan waives. */
  readonly findings: readonly DriftFinding[]
  /** Those that the plan waives. */
  readonly waived: readonly DriftFinding[]
  /** What could not be checked of rules that may block; the others are for the page of findings. */
  readonly unchecked: readonly DriftDoubt[]
}

export type DriftFinding = {
  /** `<rule>:<subject>` in lower case. */
  readonly fingerprint: string
  readonly rule: string
  /** Of the rule: what holds when all is well. */
  readonly title: string
  readonly subject: string
  readonly severity: 'critical' | 'warning' | 'advice'
  /** `unlessDown`: refuses, and is accepted with the hash when the primary is down. `always`: refuses unless overridden. */
  readonly blocks: 'never' | 'unlessDown' | 'always'
  /** One sentence. */
  readonly evidence: string
  readonly fix?: Fix
}

export type DriftDoubt = { readonly rule: string; readonly subject: string; readonly reason: string }
