/** What only a person can decide: one question for each stage that can bring an operation to a halt. */
import {
  hasCapacity,
  type Input,
  isGranted,
  isLeft,
  type OperationState,
  type Question,
  type StageState,
  stageOf,
} from './operation-state.ts'
import type { StageName, StageSpec } from './spec.ts'

type Asks = (state: OperationState, stage: StageState, input: Input) => Question | undefined

/** The question a stage puts now, if any. */
export function questionOf(state: OperationState, { name, trouble }: StageSpec, input: Input): Question | undefined {
  const stage = stageOf(state, name)
  return trouble === 'ask' && stage.status !== 'waiting' ? asksAbout[name]?.(state, stage, input) : undefined
}

const capacityShort: Asks = (state, { tally, status, openedAt }, { spec, now }) => {
  if (state.pastNoReturn || hasCapacity(spec, tally) || state.replies.capacityShort === 'grantAnyway') return undefined
  const isLate = openedAt !== undefined && now - openedAt > spec.limits.capacityDeadline
  const isWaitedFor = state.replies.capacityShort === 'wait' && status === 'open'
  if ((status !== 'over' && !isLate) || isWaitedFor) return undefined
  const text = `${tally.succeeded} of at least ${spec.limits.minimumCapacity} hosts are ready on the ${spec.target} side`
  return { code: 'capacityShort', text, replies: ['wait', 'retry', 'grantAnyway', 'restore'], askedAt: now }
}

const revokeUnproven: Asks = (state, { tally, status }, { now }) => {
  if (state.pastNoReturn || status !== 'over' || tally.failed === 0) return undefined
  const text = `${tally.failed} revocations could not be proven: nobody is granted anything until they are`
  return { code: 'revokeUnproven', text, replies: ['retry', 'restore'], askedAt: now }
}

const signOutUnproven: Asks = (state, { tally, status }, { now }) => {
  if (state.pastNoReturn || status !== 'over' || isLeft(state, tally)) return undefined
  const hosts = tally.failed + tally.unproven
  const text = `sign-out could not be proven on ${hosts} hosts: users there may meet a locked profile`
  return { code: 'signOutUnproven', text, replies: ['retry', 'grantWithoutSignOutProof', 'restore'], askedAt: now }
}

const grantFailed: Asks = (state, { tally, status }, { now }) => {
  if (status !== 'over' || isGranted(state, tally)) return undefined
  const text = `${tally.failed + tally.aborted} grants failed: the users behind them can reach neither side`
  return { code: 'grantFailed', text, replies: ['retry', 'accept'], askedAt: now }
}

const asksAbout: Readonly<Partial<Record<StageName, Asks>>> = {
  capacity: capacityShort,
  revoke: revokeUnproven,
  leave: signOutUnproven,
  grant: grantFailed,
}
