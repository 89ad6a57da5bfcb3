/** Waits until the VM that Site Recovery made in the other region runs. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { machineOf } from './shared/items.ts'
import { done, notBegun } from './shared/look.ts'
import { readPower } from './shared/power.ts'
import { wantedSince } from './shared/read.ts'

export const awaitVm: Step = {
  limits: {
    name: 'awaitVm',
    timeout: minutes(15),
    maxAttempts: 1,
    pollEvery: seconds(15),
    settle: defaultSettle,
    retryAfter: seconds(60),
  },
  look,
}

async function look(context: StepContext): Promise<Look> {
  const vm = await machineOf(context, wantedSince(context))
  const read = await readPower(context, vm.id)
  if (read.kind === 'unread') return read.look
  const readAt = Math.min(read.readAt, vm.readAt)
  return read.value === 'running' ? done(readAt) : notBegun(readAt, `VM is ${read.value}`)
}
