/** What an operation came to for its desktops, beside their outcomes: what they lack, and what there was no room for. */
import type { FaultCode } from '../core/fault.ts'
import type { OperationSpec } from '../machine/spec.ts'
import type { OverTask } from '../machine/task-state.ts'
import type { TaskRecord } from '../ports/operations.ts'

export type DesktopReport = {
  /** Machines that were failed over are not protected until they are protected again (`reprotect`). */
  readonly unprotected?: { readonly desktops: number; readonly text: string }
  /** Desktops that could not be moved for want of room or quota, the most frequent reason first. */
  readonly shortfall?: { readonly desktops: number; readonly reasons: readonly Shortage[] }
  /** Extensions that are not there again, or that a person has to see to; desktops with the same ones together. */
  readonly extensions?: { readonly missing: readonly Lack[]; readonly manual: readonly Lack[] }
}

export type Shortage = {
  readonly code: FaultCode
  /** Azure's own code, e.g. `AllocationFailed` or 28031. */
  readonly azureCode?: string
  readonly hosts: readonly string[]
}

export type Lack = { readonly extensions: string; readonly hosts: readonly string[] }

export function desktopReportOf(
  { kind, stages }: Pick<OperationSpec, 'kind' | 'stages'>,
  tasks: readonly TaskRecord[],
): DesktopReport {
  const desktops = new Set(
    stages.flatMap(({ name, tasks: all }) => (all.some((one) => one.kind === 'desktop') ? [name] : [])),
  )
  const over = tasks.flatMap(({ stage, key, state }) =>
    desktops.has(stage) && state.status === 'over' ? [{ host: key, state }] : [],
  )
  const moves = kind === 'failover' || kind === 'failback'
  const unprotected = moves ? over.filter(({ state }) => isAway(state)).length : 0
  const reasons = shortages(over)
  const [missing, manual] = [lacks(over, 'extensionsMissing'), lacks(over, 'extensionsManual')]
  return {
    ...(unprotected > 0 && { unprotected: { desktops: unprotected, text: unprotectedText(unprotected) } }),
    ...(reasons.length > 0 && {
      shortfall: { desktops: reasons.reduce((sum, { hosts }) => sum + hosts.length, 0), reasons },
    }),
    ...(missing.length + manual.length > 0 && { extensions: { missing, manual } }),
  }
}

type Over = { readonly host: string; readonly state: OverTask }

const isAway = ({ outcome, isHalfWay }: OverTask): boolean =>
  outcome === 'succeeded' || outcome === 'degraded' || isHalfWay === true

const unprotectedText = (n: number): string =>
  `${n === 1 ? '1 desktop is' : `${n} desktops are`} not protected from here on, until protected again (reprotect)`

function shortages(over: readonly Over[]): readonly Shortage[] {
  const short = over.flatMap(({ host, state: { outcome, fault } }) =>
    fault && (outcome === 'failed' || outcome === 'aborted') && isShortage(fault.code) ? [{ host, fault }] : [],
  )
  const groups = Map.groupBy(short, ({ fault }) => `${fault.code} ${fault.azureCode ?? ''}`)
  return [...groups.values()]
    .map((group): Shortage => {
      const { code = 'noCapacity', azureCode } = group[0]?.fault ?? {}
      return { code, ...(azureCode !== undefined && { azureCode }), hosts: group.map(({ host }) => host) }
    })
    .sort((a, b) => b.hosts.length - a.hosts.length)
}

const isShortage = (code: FaultCode): boolean => code === 'noCapacity' || code === 'noQuota'

function lacks(over: readonly Over[], fact: 'extensionsMissing' | 'extensionsManual'): readonly Lack[] {
  const told = over.flatMap(({ host, state }) => {
    const extensions = state.facts?.[fact]
    return typeof extensions === 'string' ? [{ host, extensions }] : []
  })
  return [...Map.groupBy(told, ({ extensions }) => extensions)]
    .map(([extensions, group]) => ({ extensions, hosts: group.map(({ host }) => host) }))
    .sort((a, b) => b.hosts.length - a.hosts.length)
}
