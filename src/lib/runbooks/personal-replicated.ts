/**
 * A personal host pool whose VMs Site Recovery replicates to the other region.
 *
 * Everything is in one VM's task, so that nobody loses a desktop before its own batch. A VM that has been failed over
 * runs on to its safe end: the user let in again and the failover committed.
 */
import type { Side } from '../machine/spec.ts'
import { call, type Runbook, type RunbookOptions, type StageTemplate, secure } from './template.ts'

export const personalReplicated: Runbook = (options) =>
  options.kind === 'failover' ? [secure(options), desktops(options)] : undefined

const desktops = ({ oldSide, newSide, oldSideIsDown, batchSize, batchInterval }: RunbookOptions): StageTemplate => {
  const reachable = !oldSideIsDown
  const steps = [
    // Nobody can be told on a side that is down, and nobody there has anything left to save.
    ...(reachable ? [bestEffort('messageUsers', oldSide), bestEffort('awaitGrace', oldSide)] : []),
    call('drainHost', oldSide, { undo: 'undrainHost', required: reachable }),
    call('signOutUsers', oldSide, { required: reachable }),
    // A failover that fails may have shut the source down already.
    call('failoverVm', newSide, reachable ? { undo: 'startVm', undoSide: oldSide } : {}),
    call('awaitVm', newSide, { onFailure: 'goOn' }),
    call('awaitHost', newSide, { onFailure: 'goOn' }),
    call('undrainHost', newSide, { onFailure: 'goOn' }),
    call('commitFailover', newSide, { onFailure: 'goOn' }),
  ]
  return {
    name: 'desktops',
    tasksFor: 'desktops',
    after: [{ stage: 'secure', when: 'over' }],
    steps,
    batchSize,
    batchInterval,
    trouble: 'goOn',
    taskPointOfNoReturn: steps.findIndex(({ step }) => step === 'failoverVm'),
  }
}

const bestEffort = (step: 'messageUsers' | 'awaitGrace', side: Side) =>
  call(step, side, { required: false, onFailure: 'goOn' })
