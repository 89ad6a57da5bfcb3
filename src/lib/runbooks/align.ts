/**
 * Putting findings right, whatever the strategy of their pair, on the side where nobody works: fencing first, then what a
 * failover to that side would miss. Each task is one fix, and hurts nobody wherever it stops.
 */
import type { Side, StageName, StageSpec } from '../machine/spec.ts'
import { call } from './template.ts'

export type AlignStage = Omit<StageSpec, 'tasks'> & { readonly name: AlignStageName }

export type AlignStageName = Extract<
  StageName,
  'access' | 'autoscale' | 'startOnConnect' | 'drain' | 'settings' | 'applicationGroups' | 'applications'
>

export const align = (side: Side): readonly AlignStage[] => [
  stage('access', call('revokeStrayAccess', side)),
  stage('autoscale', call('disableScalingPlan', side)),
  stage('startOnConnect', call('disableStartOnConnect', side)),
  // Autoscale would take the drain back.
  { ...stage('drain', call('drainHost', side)), after: [{ stage: 'autoscale', when: 'over' }] },
  stage('settings', call('setPoolProperty', side, { undo: 'restorePoolProperty' })),
  stage('applicationGroups', call('copyApplicationGroup', side)),
  {
    ...stage('applications', call('copyApplication', side)),
    after: [{ stage: 'applicationGroups', when: 'over' }],
  },
]

/** Access, fences and copies are not taken back on an abort: nobody would be better off. A setting is, to what it was. */
const stage = (name: AlignStageName, step: AlignStage['steps'][number]): AlignStage => ({
  name,
  after: [],
  steps: [step],
  trouble: 'goOn',
})
