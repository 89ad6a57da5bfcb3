/**
 * Two pooled host pools, one in use, the other one's hosts deallocated.
 *
 * Capacity → revoke → proven revoked → signed out → grant. The barrier is the pair, not the group: users are in several
 * groups, so no grant before every revoke is proven. With the old side down the revoke runs beside the starts.
 */
import { minutes } from '../core/time.ts'
import { call, type Runbook, type RunbookOptions, type StageTemplate, secure } from './template.ts'

/** A revoked role can go on working for up to 10 minutes (Azure RBAC troubleshooting): old hosts stay as they are that long. */
export const revocationTail = minutes(10)

export const pooledStandby: Runbook = (options) => {
  if (options.kind === 'failover') return [...moveAccess(options), ...settle(options)]
  if (options.kind === 'failback') return [...moveAccess(options), ...settle(options), standDown(options)]
  return undefined
}

const moveAccess = (options: RunbookOptions): readonly StageTemplate[] => [
  secure(options),
  capacity(options),
  ...(options.oldSideIsDown ? [] : [announce(options)]),
  revoke(options),
  leave(options),
  {
    name: 'grant',
    tasksFor: 'assignments',
    after: [
      { stage: 'capacity', when: 'capacity' },
      { stage: 'revoke', when: 'succeeded' },
      { stage: 'leave', when: 'succeeded' },
    ],
    steps: [call('grantAccess', options.newSide, { onFailure: 'goOn' })],
    trouble: 'ask',
    pointOfNoReturn: true,
  },
  {
    name: 'verify',
    tasksFor: 'pair',
    after: [{ stage: 'grant', when: 'over' }],
    steps: [call('verifyAccess', options.newSide, { onFailure: 'goOn' })],
    trouble: 'goOn',
  },
]

const capacity = ({ newSide, batchSize, batchInterval }: RunbookOptions): StageTemplate => ({
  name: 'capacity',
  tasksFor: 'newHosts',
  after: [{ stage: 'secure', when: 'over' }],
  steps: [
    call('excludeFromScaling', newSide, { undo: 'includeInScaling' }),
    call('startVm', newSide, { undo: 'deallocateVm' }),
    call('awaitHost', newSide),
    call('undrainHost', newSide, { undo: 'drainHost' }),
  ],
  batchSize,
  batchInterval,
  trouble: 'ask',
})

const announce = ({ oldSide }: RunbookOptions): StageTemplate => ({
  name: 'announce',
  tasksFor: 'oldHosts',
  after: [{ stage: 'capacity', when: 'capacity' }],
  steps: [call('messageUsers', oldSide, { required: false, onFailure: 'goOn' })],
  trouble: 'goOn',
})

const revoke = ({ oldSide, oldSideIsDown, grace }: RunbookOptions): StageTemplate => ({
  name: 'revoke',
  tasksFor: 'assignments',
  after: oldSideIsDown
    ? [{ stage: 'secure', when: 'over' }]
    : [
        { stage: 'capacity', when: 'capacity' },
        { stage: 'announce', when: 'over', delay: grace },
      ],
  steps: [call('revokeAccess', oldSide, { undo: 'restoreAccess' })],
  trouble: 'ask',
})

const leave = ({ oldSide, oldSideIsDown }: RunbookOptions): StageTemplate => ({
  name: 'leave',
  tasksFor: 'oldHosts',
  after: [{ stage: 'revoke', when: 'succeeded' }],
  steps: [
    call('drainHost', oldSide, { undo: 'undrainHost', required: !oldSideIsDown }),
    call('signOutUsers', oldSide, { required: !oldSideIsDown }),
  ],
  trouble: 'ask',
})

/** The exclusion tags stay on until the new side's own scaling plan is on again. */
const settle = ({ newSide, restoreOnNewSide }: RunbookOptions): readonly StageTemplate[] => {
  if (restoreOnNewSide.length === 0) return []
  const courtesy = { required: false, onFailure: 'goOn' } as const
  const restored: StageTemplate = {
    name: 'settle',
    tasksFor: 'pair',
    after: [{ stage: 'verify', when: 'over' }],
    steps: restoreOnNewSide.map((step) => call(step, newSide, courtesy)),
    trouble: 'goOn',
  }
  if (!restoreOnNewSide.includes('enableScalingPlan')) return [restored]
  const handedBack: StageTemplate = {
    name: 'handBack',
    tasksFor: 'newHosts',
    after: [
      { stage: 'settle', when: 'over' },
      { stage: 'capacity', when: 'over' },
    ],
    steps: [call('includeInScaling', newSide, courtesy)],
    trouble: 'goOn',
  }
  return [restored, handedBack]
}

/** Last, after revocation has surely taken effect: the standby hosts go back to rest. */
const standDown = ({ oldSide }: RunbookOptions): StageTemplate => ({
  name: 'standDown',
  tasksFor: 'startedHosts',
  after: [
    { stage: 'verify', when: 'over' },
    { stage: 'grant', when: 'over', delay: revocationTail },
  ],
  steps: [
    call('deallocateVm', oldSide, { onFailure: 'goOn' }),
    call('includeInScaling', oldSide, { required: false, onFailure: 'goOn' }),
  ],
  trouble: 'goOn',
})
