/** Progress where people see it: redrawn in place on a terminal, a plain line for each change anywhere else. */
import type { WriteStream } from 'node:tty'
import type { Instant } from '../../src/lib/core/time.ts'
import type { OperationView } from '../../src/lib/status/operation-view.ts'
import { frame, stageText } from './frame.ts'
import { clockText } from './text.ts'

export type Screen = {
  readonly say: (line: string) => void
  readonly show: (views: readonly OperationView[], begun: Instant, now: Instant) => void
  /** Leaves the last frame where it is. */
  readonly rest: () => void
}

export type Out = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }

export const createScreen = (out: Out, speed: number): Screen =>
  out.isTTY ? createTerminal(out, speed) : createLines(out)

/** Control sequences of ECMA-48: so many lines up, clear to the end of the screen. */
const up = (lines: number) => (lines > 0 ? `\u001b[${lines}A` : '')
const clearBelow = '\u001b[J'

function createTerminal(out: Out, speed: number): Screen {
  let drawn = 0
  return {
    say(line) {
      out.write(`${up(drawn)}${clearBelow}${line}\n`)
      drawn = 0
    },
    show(views, begun, now) {
      // A line that wraps would make the next frame start too low.
      const lines = frame(views, begun, now, speed).map((line) => line.slice(0, (out.columns || 80) - 1))
      out.write(`${up(drawn)}${clearBelow}${lines.join('\n')}\n`)
      drawn = lines.length
    },
    rest() {
      drawn = 0
    },
  }
}

/** Real milliseconds between two lines that tell of hosts alone. */
const quietFor = 5_000

function createLines(out: Out): Screen {
  const told = new Map<string, { readonly stages: string; readonly hosts: number; readonly at: number }>()
  return {
    say: (line) => out.write(`${line}\n`),
    show(views, begun, now) {
      for (const view of views) {
        const before = told.get(view.id)
        const stages = JSON.stringify([
          view.status,
          view.stages.map(({ status, batches }) => [status, batches.released]),
        ])
        const isNew = before?.stages !== stages
        const isDue = before?.hosts !== view.hosts.done && Date.now() - (before?.at ?? 0) >= quietFor
        if (!isNew && !isDue) continue
        told.set(view.id, { stages, hosts: view.hosts.done, at: Date.now() })
        out.write(`${clockText(now - begun)}  ${line(view)}\n`)
      }
    },
    rest: () => undefined,
  }
}

function line(view: OperationView): string {
  const open = view.stages.filter(({ status }) => status === 'open').map(stageText)
  const over = view.stages.find(({ status }) => status !== 'over') ? 'between two stages' : 'all stages are over'
  const what = view.outcome ?? (open.length > 0 ? open.join('; ') : over)
  return `${view.pairId}  ${view.hosts.done}/${view.hosts.total} hosts  ${what}`
}
