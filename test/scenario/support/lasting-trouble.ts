/** How each step is made to fail for good: what Azure then answers, again and again. */
import type { FaultOptions, FaultRule } from '../../../sim/arm/faults.ts'
import type { Sim } from '../../../sim/arm/types.ts'
import { hours } from '../../../src/lib/core/time.ts'
import type { StepName, Subject } from '../../../src/lib/machine/spec.ts'
import type { StepContext } from '../../../src/lib/ports/steps.ts'
import { type StepPlace, type Watch, watching } from './moments.ts'

type Cause =
  /** Azure refuses, or fails, every begin of the step. */
  | { readonly by: 'begins'; readonly action: RegExp; readonly kind: FaultRule['kind'] }
  /** From the first look on, for everybody, this cannot be read. */
  | { readonly by: 'reads'; readonly action: RegExp }
  /** The agent of the machine never reports in: its registration has lapsed. */
  | { readonly by: 'silence' }

const refused = (action: RegExp): Cause => ({ by: 'begins', action, kind: 'conflict' })
const sessionHost = refused(/sessionHosts\/write$/i)
const scalingPlan = refused(/scalingPlans\/write$/i)
const hostPool = refused(/hostPools\/write$/i)
const tags = refused(/virtualMachines\/write$/i)
const assign = refused(/roleAssignments\/write$/i)

const causes: Readonly<Record<StepName, Cause>> = {
  disableScalingPlan: scalingPlan,
  enableScalingPlan: scalingPlan,
  disableStartOnConnect: hostPool,
  enableStartOnConnect: hostPool,
  excludeFromScaling: tags,
  includeInScaling: tags,
  startVm: { by: 'begins', action: /virtualMachines\/start\/action$/i, kind: 'AllocationFailed' },
  deallocateVm: refused(/virtualMachines\/deallocate\/action$/i),
  awaitHost: { by: 'silence' },
  undrainHost: sessionHost,
  drainHost: sessionHost,
  messageUsers: refused(/userSessions\/sendMessage\/action$/i),
  awaitGrace: { by: 'reads', action: /userSessions\/read$/i },
  signOutUsers: refused(/userSessions\/delete$/i),
  revokeAccess: refused(/roleAssignments\/delete$/i),
  restoreAccess: assign,
  grantAccess: assign,
  verifyAccess: { by: 'reads', action: /roleAssignments\/read$/i },
  failoverVm: { by: 'begins', action: /unplannedFailover\/action$/i, kind: '70038' },
  awaitVm: { by: 'reads', action: /virtualMachines\/read$/i },
  commitFailover: refused(/failoverCommit\/action$/i),
  restoreExtensions: refused(/extensions\/write$/i),
  changeRecoveryPoint: refused(/applyRecoveryPoint\/action$/i),
  reprotectVm: refused(/switchprotection\/action$/i),
  inspectHost: { by: 'reads', action: /virtualMachines\/read$/i },
  awaitAgent: { by: 'silence' },
  patchVm: refused(/Patches\/action$/i),
  removeHost: refused(/sessionHosts\/delete$/i),
  redeployVm: refused(/deployments\/write$/i),
  setPoolProperty: hostPool,
  restorePoolProperty: hostPool,
  copyApplicationGroup: refused(/applicationGroups\/write$/i),
  copyApplication: refused(/applications\/write$/i),
  revokeStrayAccess: refused(/roleAssignments\/delete$/i),
  stayOn: { by: 'reads', action: /sessionHosts\/read$/i },
}

/** A step whose failure cannot be aimed at one subject alone. */
export const strikesEverybody = (step: StepName): boolean => causes[step].by === 'reads'

export type LastingTrouble = {
  readonly faults: FaultOptions
  readonly watch: Watch
  /** Subjects of the step that were struck. */
  readonly struck: ReadonlySet<string>
  readonly lift: () => void
}

/** `only`: the subject that is struck, by its host or application group; everybody when left out. */
export function lastingTrouble(
  place: StepPlace,
  kind: string,
  sim: () => Sim | undefined,
  only?: string,
): LastingTrouble {
  const [step] = place.split('@') as [StepName]
  const cause = causes[step]
  const state = { isOn: true, readsFail: false }
  const struck = new Set<string>()
  const beginning: Subject[] = []
  const isMeant = (at: StepPlace, { operationId, subject }: StepContext) =>
    state.isOn &&
    at === place &&
    operationId.startsWith(`${kind}-`) &&
    (only === undefined || aimOf(subject) === only || subject.kind === 'pair')
  return {
    struck,
    lift: () => {
      state.isOn = false
      state.readsFail = false
    },
    faults: { rules: rulesOf(cause, beginning, state) },
    watch: {
      looking(at, context) {
        if (cause.by === 'begins' || !isMeant(at, context)) return
        struck.add(context.subject.key)
        state.readsFail = true
        const world = sim()
        if (cause.by === 'silence' && world) silence(world, context)
      },
      beginning(at, context) {
        if (cause.by !== 'begins' || !isMeant(at, context)) return
        struck.add(context.subject.key)
        beginning.push(context.subject)
      },
      begun(at, context) {
        const i = at === place ? beginning.findIndex(({ key }) => key === context.subject.key) : -1
        if (i >= 0) beginning.splice(i, 1)
      },
    },
  }
}

export const plantOf = ({ watch }: LastingTrouble) => watching(watch)

/** Begins fail only while the step's own begin is under way, and only on its subject: its undo works. */
function rulesOf(cause: Cause, beginning: readonly Subject[], state: { readonly readsFail: boolean }): FaultRule[] {
  if (cause.by === 'silence') return []
  const { action } = cause
  const kind = cause.by === 'reads' ? 'errorBefore' : cause.kind
  const isInForce = () => (cause.by === 'reads' ? state.readsFail : beginning.length > 0)
  return [
    {
      action,
      kind,
      get from() {
        return isInForce() ? 0 : Number.POSITIVE_INFINITY
      },
      get subject() {
        return cause.by === 'reads' ? /./ : new RegExp(beginning.map(fragmentOf).join('|'), 'i')
      },
    },
  ]
}

/** What the paths of requests about a subject contain. */
function fragmentOf(subject: Subject): string {
  switch (subject.kind) {
    case 'pair':
      return '.'
    case 'host':
      return subject.host
    case 'desktop':
      return `${subject.host}|${subject.itemId.split('/').at(-1)}`
    case 'poolProperty':
      return '.'
    case 'applicationGroup':
    case 'application':
      return subject.id
    case 'assignment':
      return `${subject.revoke?.name ?? 'none'}|${subject.grant.scope.split('/').at(-1)}/`
  }
}

function silence({ estate, now }: Sim, { subject }: StepContext): void {
  for (const host of estate.sessionHosts.values()) {
    const isMeant = (subject.kind === 'host' || subject.kind === 'desktop') && host.name === subject.host
    // 90 days without a heartbeat, and the registration is gone (AVD FAQ).
    if (isMeant) host.tokenFrom = now() - hours(24 * 91)
  }
}

/** What a subject is aimed at by: its host, its application group, its pair. */
export function aimOf(subject: Subject): string {
  switch (subject.kind) {
    case 'pair':
      return 'pair'
    case 'host':
    case 'desktop':
      return subject.host
    case 'poolProperty':
    case 'applicationGroup':
    case 'application':
      return subject.key
    case 'assignment':
      return (subject.grant.scope.split('/').at(-1) ?? '').replace(/-uk[sw]$/, '')
  }
}
