/**
 * Waking deallocated hosts, whatever the strategy of their pair: on, proven, patched, on for a while, and left as they were
 * found. Beside it, what earlier wake-ups have left behind is put back, and a host whose registration has lapsed is replaced.
 */
import type { KeepAliveLimits, Side, StageSpec } from '../machine/spec.ts'
import { call } from './template.ts'

export type WakeStage = Omit<StageSpec, 'tasks'> & { readonly name: 'wake' | 'putBack' | 'repair' }

export const keepAlive = (
  side: Side,
  { patches, template }: Pick<KeepAliveLimits, 'patches' | 'template'>,
): readonly WakeStage[] => [
  {
    name: 'wake',
    after: [],
    steps: [
      call('inspectHost', side),
      // First of all, or autoscale would take the drain back and switch the host off (autoscale, learn.microsoft.com).
      call('excludeFromScaling', side, { undo: 'includeInScaling' }),
      call('drainHost', side, { undo: 'undrainHost' }),
      call('startVm', side, { undo: 'deallocateVm' }),
      call('awaitHost', side),
      call('awaitAgent', side, { required: false, onFailure: 'goOn' }),
      ...(patches === 'none' ? [] : [call('patchVm', side, { required: false, onFailure: 'goOn' })]),
      call('stayOn', side),
    ],
    putsBack: true,
    trouble: 'goOn',
  },
  {
    name: 'putBack',
    after: [],
    steps: [call('deallocateVm', side), call('undrainHost', side), call('includeInScaling', side)],
    trouble: 'goOn',
  },
  ...(template === undefined ? [] : [repair(side)]),
]

/** A new machine of the same name. What is left of the old one is the template's to replace. */
const repair = (side: Side): WakeStage => ({
  name: 'repair',
  after: [],
  steps: [
    call('removeHost', side),
    call('redeployVm', side, { undo: 'deallocateVm' }),
    call('awaitHost', side),
    // A new record lets people in. Left out for a host that did so before.
    call('drainHost', side, { required: false, onFailure: 'goOn' }),
  ],
  putsBack: true,
  trouble: 'goOn',
})
