/** Small operations for the pure machine: stages by name, tallies by number. */
import type { Instant } from '../../src/lib/core/time.ts'
import { advanceOperation } from '../../src/lib/machine/operation.ts'
import {
  newOperation,
  noTasks,
  type OperationDecision,
  type OperationState,
  type StageState,
  type Tally,
} from '../../src/lib/machine/operation-state.ts'
import type { OperationSpec, StageGate, StageName, StageSpec } from '../../src/lib/machine/spec.ts'
import { spec as someSpec } from './step-things.ts'

export const stage = (name: StageName, tasks: number, parts: Partial<StageSpec> = {}): StageSpec => ({
  name,
  after: [],
  steps: [],
  tasks: Array.from({ length: tasks }, (_, i) => ({ kind: 'pair', key: `${name}-${i}` })),
  trouble: 'goOn',
  ...parts,
})

export const behind = (gate: StageName, when: StageGate['when'] = 'succeeded', delay?: number) => ({
  after: [{ stage: gate, when, ...(delay !== undefined && { delay }) }],
})

export const specWith = (...stages: readonly StageSpec[]): OperationSpec => ({ ...someSpec, stages })

type StageParts = Partial<Omit<StageState, 'tally'>> & { readonly tally?: Partial<Tally> }

/** A stage as it stands: by its status alone, or with what is told of its tasks. */
export const standing = (
  status: StageState['status'],
  tally: Partial<Tally> = {},
  parts: StageParts = {},
): StageState => ({
  status,
  heldSince: {},
  releasedBatches: status === 'waiting' ? 0 : 1,
  ...(status !== 'waiting' && { openedAt: 0, lastReleaseAt: 0 }),
  ...(status === 'over' && { overAt: 0 }),
  ...parts,
  tally: { ...noTasks, ...tally },
})

export const over = (tally: Partial<Tally> = { succeeded: 1 }) => standing('over', tally)
export const open = (tally: Partial<Tally> = { open: 1 }) => standing('open', tally)

export function stateOf(
  spec: OperationSpec,
  stages: Partial<Record<StageName, StageState>> = {},
  more: Partial<OperationState> = {},
): OperationState {
  const fresh = newOperation(spec, 0)
  return { ...fresh, stages: { ...fresh.stages, ...stages }, ...more }
}

export const advance = (
  spec: OperationSpec,
  state: OperationState,
  now: Instant = 0,
  tallies: Partial<Record<StageName, Partial<Tally>>> = {},
): OperationDecision =>
  advanceOperation(state, {
    spec,
    now,
    tallies: Object.fromEntries(Object.entries(tallies).map(([name, tally]) => [name, { ...noTasks, ...tally }])),
  })

/** `release desktops 1 +30000`, `wake secure`, `insertTasks grant`. */
export const effectsOf = ({ effects }: OperationDecision): readonly string[] =>
  effects.map((effect) =>
    [effect.kind, effect.stage, ...(effect.kind === 'release' ? [effect.batch, `+${effect.delay}`] : [])].join(' '),
  )
