/**
 * A personal host pool whose VMs Site Recovery replicates to the other region.
 *
 * Everything is in one VM's task, so that nobody loses a desktop before its own batch. A VM that has been failed over
 * runs on to its safe end: the user let in again, its extensions back, and the failover committed. The way home is the
 * same: Azure to Azure has no planned failover, only one that shuts the source down first.
 */
import type { Side, StepCall } from '../machine/spec.ts'
import { call, type Runbook, type RunbookOptions, type StageTemplate, secure } from './template.ts'

export const personalReplicated: Runbook = (options) => {
  switch (options.kind) {
    case 'failover':
    case 'failback':
      return [secure(options), desktops(options), ...settle(options)]
    case 'changeRecoveryPoint':
      return [repoint(options)]
    case 'restoreExtensions':
      return [stage('extensions', [restoreExtensions(options)], batched(options))]
    case 'reprotect':
      return [stage('protect', [call('reprotectVm', options.newSide)], batched(options))]
    case 'commit':
      return [stage('commit', [call('commitFailover', options.newSide)])]
    default:
      return undefined
  }
}

const desktops = (options: RunbookOptions): StageTemplate => {
  const { oldSide, newSide, oldSideIsDown } = options
  const reachable = !oldSideIsDown
  const steps = [
    // Nobody can be told on a side that is down, and nobody there has anything left to save.
    ...(reachable ? [bestEffort('messageUsers', oldSide), bestEffort('awaitGrace', oldSide)] : []),
    call('drainHost', oldSide, { undo: 'undrainHost', required: reachable }),
    call('signOutUsers', oldSide, { required: reachable }),
    // A failover that fails may have shut the source down already.
    call('failoverVm', newSide, reachable ? { undo: 'startVm', undoSide: oldSide } : {}),
    ...comeUp(options),
    ...commit(options),
  ]
  return {
    ...stage('desktops', steps, batched(options)),
    after: [{ stage: 'secure', when: 'over' }],
    taskPointOfNoReturn: steps.findIndex(({ step }) => step === 'failoverVm'),
  }
}

/** The machine is made once more, under the same name: what is true of one that was failed over is true of it. */
const repoint = (options: RunbookOptions): StageTemplate => {
  const { newSide } = options
  const steps = [
    call('drainHost', newSide, { undo: 'undrainHost' }),
    // Of a desktop that does not work nobody can be signed out.
    bestEffort('signOutUsers', newSide),
    call('changeRecoveryPoint', newSide),
    ...comeUp(options),
    ...commit(options),
  ]
  return {
    ...stage('repoint', steps, batched(options)),
    taskPointOfNoReturn: steps.findIndex(({ step }) => step === 'changeRecoveryPoint'),
  }
}

/** Users are let in before extensions come back, which takes minutes each, unless the plan wants it otherwise. */
const comeUp = (options: RunbookOptions): readonly StepCall[] => {
  const { newSide, extensionsFirst } = options
  const users = [
    call('awaitHost', newSide, { onFailure: 'goOn' }),
    call('undrainHost', newSide, { onFailure: 'goOn' }),
  ] as const
  const extensions = restoreExtensions(options)
  const both = extensionsFirst ? [extensions, ...users] : [...users, extensions]
  return [call('awaitVm', newSide, { onFailure: 'goOn' }), ...both]
}

const restoreExtensions = ({ newSide }: RunbookOptions): StepCall =>
  call('restoreExtensions', newSide, { onFailure: 'goOn' })

/** The step proves life first: until the commit the recovery point can be changed. */
const commit = ({ newSide, commits }: RunbookOptions): readonly StepCall[] =>
  commits ? [call('commitFailover', newSide, { onFailure: 'goOn' })] : []

/** It is one pool: what was switched off for the way out is wanted again at home. */
const settle = ({ kind, newSide, restoreOnNewSide }: RunbookOptions): readonly StageTemplate[] => {
  if (kind !== 'failback' || restoreOnNewSide.length === 0) return []
  const steps = restoreOnNewSide.map((step) => call(step, newSide, { required: false, onFailure: 'goOn' }))
  return [{ name: 'settle', tasksFor: 'pair', after: [{ stage: 'desktops', when: 'over' }], steps, trouble: 'goOn' }]
}

const stage = (
  name: StageTemplate['name'],
  steps: readonly StepCall[],
  release: Pick<StageTemplate, 'batchSize' | 'batchInterval'> = {},
): StageTemplate => ({ name, tasksFor: 'desktops', after: [], steps, ...release, trouble: 'goOn' })

const batched = ({ batchSize, batchInterval }: RunbookOptions) => ({ batchSize, batchInterval })

const bestEffort = (step: 'messageUsers' | 'awaitGrace' | 'signOutUsers', side: Side) =>
  call(step, side, { required: false, onFailure: 'goOn' })
