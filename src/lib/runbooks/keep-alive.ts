/**
 * Waking deallocated hosts, whatever the strategy of their pair: on, proven, patched, on for a while, and left as they were
 * found. Beside it, what earlier wake-ups have left behind is put back.
 */
import type { KeepAliveLimits, Side, StageSpec } from '../machine/spec.ts'
import { call } from './template.ts'

export type WakeStage = Omit<StageSpec, 'tasks'> & { readonly name: 'wake' | 'putBack' }

export const keepAlive = (side: Side, { patches }: Pick<KeepAliveLimits, 'patches'>): readonly WakeStage[] => [
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
]
