/** What a person would read of an operation, as text: the same run gives the same text. */

import type { Verdict } from '../../sim/judge/types.ts'
import type { Operator } from '../../sim/virtual/operator.ts'
import type { Story } from '../../sim/virtual/story.ts'
import { type Instant, type Millis, spell } from '../../src/lib/core/time.ts'
import type { Report } from '../../src/lib/execution/report.ts'
import type { Tally } from '../../src/lib/machine/operation-state.ts'
import { rank } from '../../src/lib/machine/spec.ts'
import type { OperationRecord, TaskRecord } from '../../src/lib/ports/operations.ts'

export type TranscriptOptions = {
  /** `capacity avdp-ukw-0001`: tasks told line by line. */
  readonly tasks?: readonly string[]
}

export async function transcript(
  story: Story,
  operator: Operator,
  id: string,
  { tasks: told = [] }: TranscriptOptions = {},
): Promise<string> {
  const [record, tasks, report] = [await operator.operation(id), await operator.tasks(id), await operator.report(id)]
  const since = (at: Instant) => relative(at - record.createdAt)
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [`${record.kind} of ${record.pairId}, asked for by ${record.requestedBy}`, operationLines(record, since)],
    ['Stages', stageLines(record, report, since)],
    ['Asked of a person', questionLines(record, since)],
    ...told.map((name) => [`Task ${name}`, taskLines(name, tasks, since)] as const),
    ['Report', reportLines(report)],
    ['Ledger', ledgerLines(story, operator.verdict())],
  ]
  const text = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [title, ...lines.map((line) => `  ${line}`)].join('\n'))
    .join('\n\n')
  return `${masked(text)}\n`
}

/** Ids of operations hold the time and something random: in the order of their mention they become `operation A`. */
function masked(text: string): string {
  const names = new Map<string, string>()
  return text.replace(operationId, (id) => {
    const name = names.get(id) ?? `operation ${String.fromCharCode(65 + names.size)}`
    names.set(id, name)
    return name
  })
}

const kinds = Object.keys(rank).join('|')
const operationId = new RegExp(`\\b(?:${kinds})-[a-z0-9-]+?-[a-z0-9]{8}-(?:[0-9a-f]{8}|fu-[0-9a-f]{24})\\b`, 'g')

/** `+0:04:43` */
function relative(length: Millis): string {
  const total = Math.floor(length / 1_000)
  const two = (n: number) => String(n).padStart(2, '0')
  return `+${Math.floor(total / 3_600)}:${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`
}

type Since = (at: Instant) => string

const operationLines = ({ timeline }: OperationRecord, since: Since): string[] =>
  timeline.map(({ at, text }) => `${since(at)}  ${text}`)

function stageLines({ state }: OperationRecord, report: Report, since: Since): string[] {
  return report.stages.map(({ name, status, tally, duration }) => {
    const openedAt = state.stages[name]?.openedAt
    const opened = openedAt === undefined ? '' : `opened ${since(openedAt)}`
    const took = duration === undefined ? '' : `took ${spell(duration)}`
    return [name.padEnd(9), status.padEnd(7), countsOf(tally), opened, took].filter((part) => part !== '').join('  ')
  })
}

const countsOf = (tally: Tally): string =>
  (['open', 'succeeded', 'degraded', 'failed', 'aborted', 'unproven'] as const)
    .flatMap((word) => (tally[word] > 0 ? [`${tally[word]} ${word}`] : []))
    .join(', ')

function questionLines({ timeline, state }: OperationRecord, since: Since): string[] {
  const asked = timeline.flatMap(({ at, text }) =>
    text.startsWith('asks: ') ? [`${since(at)}  ${text.slice(6)}`] : [],
  )
  const { question } = state
  return question ? [...asked, `waits for an answer: ${question.replies.join(' | ')}`] : asked
}

function taskLines(name: string, tasks: readonly TaskRecord[], since: Since): string[] {
  const task = tasks.find(({ stage, key }) => `${stage} ${key}` === name)
  if (!task)
    throw new Error(`there is no task ${name}; there are: ${tasks.map((t) => `${t.stage} ${t.key}`).join(', ')}`)
  const { state } = task
  const end = state.status === 'over' ? state.outcome : `open, ${state.path}`
  return [...task.timeline.map(({ at, step, text }) => `${since(at)}  ${(step ?? '').padEnd(32)}  ${text}`), `→ ${end}`]
}

function reportLines(report: Report): string[] {
  const { kind, pairId, outcome, duration, recoveryTime, accessGap, troubles, out, accepted, warnings } = report
  return [
    `The ${kind} of ${pairId} ${duration === undefined ? 'is still under way' : `ended ${outcome} after ${spell(duration)}`}.`,
    ...(recoveryTime
      ? [
          `${recoveryTime.count} ready again, half of them within ${spell(recoveryTime.p50)}, the last after ${spell(recoveryTime.max)}.`,
        ]
      : []),
    ...(accessGap === undefined ? [] : [`Nobody could sign in for at most ${spell(accessGap)}.`]),
    ...troubles.map(({ stage, subject, outcome: end, fault, passedOver }) =>
      [
        `${stage} ${subject}: ${end}`,
        ...(fault ? [`${fault.azureCode ?? fault.code}: ${fault.message}`] : []),
        ...(passedOver.length > 0 ? [`passed over ${passedOver.join(', ')}`] : []),
      ].join('; '),
    ),
    ...(accepted ?? []).flatMap(({ subjects, reason }) =>
      reason === undefined ? [] : [`overridden: ${subjects.join(', ')}: ${reason}`],
    ),
    ...out.map(({ host, code, reason }) => `left out: ${host}, ${code}: ${reason}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ]
}

/** What really happened, by the simulated Azure. */
function ledgerLines({ region }: Story, { violations, measures }: Verdict): string[] {
  const counts = new Map<string, number>()
  for (const event of region.sim.ledger.events()) {
    const actor = 'by' in event && event.by !== undefined ? ` by ${event.by}` : ''
    counts.set(`${event.kind}${actor}`, (counts.get(`${event.kind}${actor}`) ?? 0) + 1)
  }
  return [
    violations.length === 0 ? 'no violations' : '',
    ...violations.map(({ rule, subject, detail }) => `VIOLATION ${rule} ${subject}: ${detail}`),
    `longest time without either side: ${spell(measures.longestGap)}`,
    [...counts]
      .map(([kind, count]) => `${count} ${kind}`)
      .sort((a, b) => a.localeCompare(b))
      .join(', '),
  ].filter((line) => line !== '')
}
