/** What a step is about. A subject of the wrong kind is a bug in a runbook, so it throws. */
import { parseArmId } from '../../core/arm-id.ts'
import type { Side, Subject } from '../../machine/spec.ts'
import type { StepContext } from '../../ports/steps.ts'

type Of<K extends Subject['kind']> = Extract<Subject, { kind: K }>

export const poolOf = ({ spec, side }: StepContext): string => spec[side].hostPoolId

/** Session host name without the pool's. */
export const hostNameOf = (context: StepContext): string => machineOf(context).host

/** The VM on the step's side. */
export function vmIdOf(context: StepContext): string {
  const subject = machineOf(context)
  if (subject.kind === 'host') return subject.vmId
  return context.side === context.spec.target ? subject.targetVmId : subject.sourceVmId
}

export function desktopOf({ subject }: StepContext): Of<'desktop'> {
  if (subject.kind !== 'desktop') throw wrongKind(subject)
  return subject
}

export function assignmentOf({ subject }: StepContext): Of<'assignment'> {
  if (subject.kind !== 'assignment') throw wrongKind(subject)
  return subject
}

export function poolPropertyOf({ subject }: StepContext): Of<'poolProperty'> {
  if (subject.kind !== 'poolProperty') throw wrongKind(subject)
  return subject
}

export function applicationGroupOf({ subject }: StepContext): Of<'applicationGroup'> {
  if (subject.kind !== 'applicationGroup') throw wrongKind(subject)
  return subject
}

export function applicationOf({ subject }: StepContext): Of<'application'> {
  if (subject.kind !== 'application') throw wrongKind(subject)
  return subject
}

/** The VM's own subscription; the side's where the id does not tell. */
export const subscriptionOf = ({ spec, side }: StepContext, vmId: string): string =>
  parseArmId(vmId)?.subscription ?? spec[side].subscription

/** Where users come from. */
export const leftSide = ({ target }: StepContext['spec']): Side => (target === 'primary' ? 'secondary' : 'primary')

function machineOf({ subject }: StepContext): Of<'host'> | Of<'desktop'> {
  if (subject.kind !== 'host' && subject.kind !== 'desktop') throw wrongKind(subject)
  return subject
}

const wrongKind = ({ kind, key }: Subject) => new Error(`A step was given the ${kind} ${key}, which it is not made for`)
