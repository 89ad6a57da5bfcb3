/** Running operations in a few lines of text. */
import type { Instant } from '../../src/lib/core/time.ts'
import type { OperationView, StageView } from '../../src/lib/status/operation-view.ts'
import { bar, clockText } from './text.ts'

const barWidth = 30

/** What a terminal shows and is shown anew all the time: for each operation its hosts, its stages, and when it will be over. */
export function frame(views: readonly OperationView[], begun: Instant, now: Instant, speed: number): string[] {
  const head = `${clockText(now - begun)} since the start, ${speed} × as fast as real`
  return [head, ...views.flatMap((view) => ['', ...operationLines(view, begun)])]
}

function operationLines(view: OperationView, begun: Instant): string[] {
  const { hosts, pairId, kind, target, stages } = view
  const share = hosts.total === 0 ? 1 : hosts.done / hosts.total
  return [
    `${pairId}: ${kind} to ${target}, ${view.outcome ?? view.status}`,
    `  hosts  ${bar(share, barWidth)} ${hosts.done}/${hosts.total}  ${etaText(view, begun)}`,
    ...stages.filter(({ status }) => status === 'open').map((stage) => `  ${stageText(stage)}`),
    `  ${stages.map(({ name, status }) => `${marks[status]} ${name}`).join('  ')}`,
  ]
}

const marks = { waiting: '·', open: '▸', over: '✓' } as const

const etaText = ({ eta, endedAt }: OperationView, begun: Instant): string => {
  const over = eta.find(({ name }) => name === 'over')
  if (endedAt !== undefined) return `over at ${clockText(Date.parse(endedAt) - begun)}`
  return over ? `expected to be over at ${clockText(Date.parse(over.at) - begun)}` : ''
}

/** `capacity 100/120, batch 1 of 2: awaitHost@secondary 20` */
export function stageText({ name, tasks, batches, steps }: StageView): string {
  const done = tasks.succeeded + tasks.degraded
  const batch = batches.total > 1 ? `, batch ${batches.released} of ${batches.total}` : ''
  const trouble = tasks.failed + tasks.aborted > 0 ? `, ${tasks.failed + tasks.aborted} failed` : ''
  const where = Object.entries(steps).sort(([, a], [, b]) => b - a)
  const most = where.slice(0, 3).map(([step, count]) => `${count} at ${step.split('@')[0]}`)
  return `${name} ${done}/${tasks.total}${batch}${trouble}${most.length > 0 ? `: ${most.join(', ')}` : ''}`
}
