import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import type { StepLimits } from '../../../src/lib/machine/step.ts'
import { type AdvanceInput, newTask, type OpenTask } from '../../../src/lib/machine/task-state.ts'
import { isOverdue, isPastDeadline, nothingCame, timedOut } from '../../../src/lib/machine/task-time.ts'
import { call } from '../../../src/lib/runbooks/template.ts'

const limits: StepLimits = {
  name: 'startVm',
  timeout: minutes(15),
  deadline: minutes(30),
  maxAttempts: 2,
  pollEvery: seconds(15),
  settle: seconds(60),
  retryAfter: seconds(30),
}
const at = (now: number, detail?: string): AdvanceInput => ({
  steps: [call('startVm', 'secondary')],
  limits,
  begins: true,
  look: { seen: { kind: 'underway' }, readAt: now, ...(detail && { detail }) },
  intent: 'run',
  now,
})
const begun: OpenTask = { ...newTask(minutes(3)), attempt: 1, begunAt: minutes(4) }

describe('a step', () => {
  it('is overdue when it took longer than its time, counted from the begin or else from entering it', () => {
    expect([minutes(19), minutes(19) + 1].map((now) => isOverdue(begun, at(now)))).toEqual([false, true])
    expect([minutes(18), minutes(18) + 1].map((now) => isOverdue(newTask(minutes(3)), at(now)))).toEqual([false, true])
  })

  it('is past its deadline when that has gone by since it was entered, begun or not', () => {
    expect([minutes(33), minutes(33) + 1].map((now) => isPastDeadline(begun, at(now)))).toEqual([false, true])
    expect(isOverdue({ ...begun, begunAt: minutes(30) }, at(minutes(33) + 1))).toBe(true)
  })

  it('that took too long says how long, and what was seen last', () => {
    const fault = timedOut(begun, at(minutes(20)))
    expect(fault).toEqual({ code: 'timedOut', message: 'startVm did not end within 16 min 00 s', retryable: true })
    expect(timedOut(newTask(minutes(3)), at(minutes(20), 'booting')).message).toBe(
      'startVm did not end within 17 min 00 s: booting',
    )
  })

  it('that nothing came of says how often it was tried', () => {
    const fault = nothingCame({ ...begun, attempt: 2 }, limits)
    expect(fault).toMatchObject({ code: 'outcomeUnknown', retryable: true })
    expect(fault.message).toMatch(/^startVm .* 2 times/)
  })
})
