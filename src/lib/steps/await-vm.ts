/** Waits until the VM that Site Recovery made in the other region runs. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { done, notBegun } from './shared/look.ts'
import { readPower } from './shared/power.ts'
import { readListing, wantedSince } from './shared/read.ts'
import { findItem, vaultOf } from './shared/replication.ts'
import { desktopOf } from './shared/subject.ts'

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
  const vm = await targetVm(context)
  const read = await readPower(context, vm.id)
  if (read.kind === 'unread') return read.look
  const readAt = Math.min(read.readAt, vm.readAt)
  return read.value === 'running' ? done(readAt) : notBegun(readAt, `VM is ${read.value}`)
}

/** As the item has it; as planned while it does not tell. A wrong id is missing from the power listing and proves nothing. */
async function targetVm(context: StepContext) {
  const planned = { id: desktopOf(context).targetVmId, readAt: context.now }
  const vault = vaultOf(context)
  const read = await readListing(context, wantedSince(context), (since) => context.fleet.replicatedItems(vault, since))
  if (read.kind === 'unread') return planned
  const id = findItem(context, read.value)?.targetVmId
  return id ? { id, readAt: read.readAt } : planned
}
