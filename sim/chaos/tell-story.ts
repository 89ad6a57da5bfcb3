/** What happened, for a person who has to understand one seed. */
import { isoOf } from '../../src/lib/core/time.ts'
import type { TimelineEntry } from '../../src/lib/ports/operations.ts'
import type { Operator } from '../virtual/operator.ts'

/** Of a task that did not simply succeed, so many lines. */
const linesOfTask = 15

export async function tellStory(operator: Operator, ids: readonly string[]): Promise<string> {
  const lines: string[] = []
  for (const id of ids) {
    const { state, timeline } = await operator.operation(id)
    lines.push(`${id}: ${state.status} ${state.outcome ?? ''} ${state.question ? `asks ${state.question.text}` : ''}`)
    lines.push(...timeline.map(told))
    for (const task of await operator.tasks(id)) {
      if (task.state.status === 'over' && task.state.outcome === 'succeeded') continue
      const outcome = task.state.status === 'over' ? task.state.outcome : 'open'
      const fault = task.state.fault ? `: ${task.state.fault.message}` : ''
      lines.push(`  ${task.stage} ${task.key}, tick ${task.tick}: ${outcome}${fault}`)
      lines.push(...task.timeline.slice(-linesOfTask).map((entry) => `  ${told(entry)}`))
    }
  }
  return lines.join('\n')
}

const told = ({ at, step, text }: TimelineEntry): string => `  ${isoOf(at).slice(11, 19)} ${step ?? ''} ${text}`
