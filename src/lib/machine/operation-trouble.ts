/** When a stage cannot succeed: ask a person, or take everything back, stage by stage. */
import { unfolded } from './operation-fold.ts'
import { questionOf } from './operation-questions.ts'
import {
  type Draft,
  end,
  type Input,
  mapStages,
  type OperationState,
  type Question,
  type StageState,
  stageOf,
} from './operation-state.ts'
import type { StageName } from './spec.ts'

/** A stage that cannot succeed turns the operation back, asks a person, or is reported at the end. */
export function judgeTrouble(draft: Draft, input: Input): void {
  const question = input.spec.stages.map((stage) => questionOf(draft.state, stage, input)).find((found) => found)
  const failing = input.spec.stages.find(
    (stage) => stage.trouble === 'turnBack' && hasFailed(stageOf(draft.state, stage.name)),
  )
  if (failing && !draft.state.pastNoReturn) {
    startGoingBack(draft, input, 'trouble', failing.name)
    return
  }
  const reply = question && draft.state.replies[question.code]
  if (reply === 'restore') {
    startGoingBack(draft, input, 'person')
    return
  }
  if (question) {
    if (draft.state.question?.code !== question.code) draft.reasons.push(`asks: ${question.text}`)
    const asked = draft.state.question?.code === question.code ? draft.state.question.askedAt : question.askedAt
    draft.state = { ...draft.state, status: 'asking', question: { ...question, askedAt: asked } }
    return
  }
  if (draft.state.status !== 'asking') return
  draft.state = { ...withoutQuestion(draft.state), status: 'running' }
}

function askAboutStuck(draft: Draft, stuck: number, now: number): void {
  if (draft.state.question) return
  const text = `what ${stuck} tasks did could not be taken back`
  draft.reasons.push(`asks: ${text}`)
  const question: Question = { code: 'takingBackFailed', text, replies: ['retry', 'accept'], askedAt: now }
  draft.state = { ...draft.state, question }
}

function withoutQuestion(state: OperationState): OperationState {
  const { question: _, ...rest } = state
  return rest
}

const hasFailed = (stage: StageState): boolean => stage.status === 'over' && stage.tally.failed > 0

export function startGoingBack(draft: Draft, { spec }: Input, by: 'person' | 'trouble', failed?: StageName): void {
  const opened = spec.stages.filter((stage) => stageOf(draft.state, stage.name).status !== 'waiting')
  const backAt = opened.at(-1)?.name
  const { question: _, ...rest } = draft.state
  const stages = mapStages(rest.stages, unfolded)
  draft.state = { ...rest, stages, status: 'goingBack', turnedBackBy: by, ...(backAt && { backAt }) }
  if (backAt) draft.effects.push({ kind: 'wake', stage: backAt })
  draft.reasons.push(by === 'person' ? 'turns back on request' : `turns back: stage ${failed} failed`)
}

/** Stage by stage, last one first; each is at rest before the one before it is taken back. */
export function goBack(draft: Draft, { spec, now }: Input): void {
  const names = spec.stages.map(({ name }) => name)
  const at = draft.state.backAt
  if (at !== undefined) {
    const { tally } = stageOf(draft.state, at)
    if (tally.open > 0) return
    if (tally.undoLeft > 0) {
      // A task that came to its end after the stage was woken has something left, and no message of its own.
      draft.effects.push({ kind: 'wake', stage: at })
      return
    }
    if (tally.stuck > 0 && draft.state.replies.takingBackFailed !== 'accept') {
      askAboutStuck(draft, tally.stuck, now)
      return
    }
    draft.state = withoutQuestion(draft.state)
    const earlier = names
      .slice(0, names.indexOf(at))
      .filter((name) => stageOf(draft.state, name).status !== 'waiting')
      .at(-1)
    if (earlier) {
      draft.state = { ...draft.state, backAt: earlier }
      draft.effects.push({ kind: 'wake', stage: earlier })
      draft.reasons.push(`stage ${at} is taken back`)
      draft.again = true
      return
    }
  }
  end(draft, draft.state.turnedBackBy === 'trouble' ? 'failed' : 'aborted', now)
}
