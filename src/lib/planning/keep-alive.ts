/** The spec of a wake-up: which hosts, which VMs they are, and what each of them needs. */
import type { KeepAliveLimits, OperationSpec, Side, StepName, Subject } from '../machine/spec.ts'
import type { SideSeen } from '../model/inventory.ts'
import { keepAlive } from '../runbooks/keep-alive.ts'
import type { Situation } from './situation.ts'
import { byText, hostKey, sideSpecOf } from './situation.ts'
import { vmMatcher } from './vms.ts'

export type HostToWake = { readonly side: Side; readonly host: string }
export type HostToPutBack = HostToWake & { readonly left: readonly StepName[] }

export type KeepAliveRequest = {
  readonly side: Side
  readonly wakes: readonly HostToWake[]
  readonly putBack: readonly HostToPutBack[]
}

type HostSubject = Extract<Subject, { kind: 'host' }>
type Out = OperationSpec['out'][number]

/** Hosts whose VM is not known for certain are left out by name; of a host that is put back only that is done. */
export function planKeepAlive(
  { plan, pair, seen }: Pick<Situation, 'plan' | 'pair' | 'seen'>,
  limits: KeepAliveLimits,
  { side, wakes, putBack }: KeepAliveRequest,
): OperationSpec {
  const toPutBack = new Map(putBack.map(({ host, left }) => [hostKey(host), left]))
  const found = subjectsOf(
    seen[side],
    side,
    [...wakes, ...putBack].map(({ host }) => hostKey(host)),
  )
  const tasks = {
    wake: found.subjects.filter(({ key }) => !toPutBack.has(key)),
    putBack: found.subjects.flatMap((subject) => {
      const only = toPutBack.get(subject.key)
      return only ? [{ ...subject, only }] : []
    }),
  }
  return {
    v: 1,
    kind: 'keepAlive',
    pairId: pair.id,
    strategy: pair.strategy,
    planName: plan.name,
    primary: sideSpecOf(pair.primary, seen.primary),
    secondary: sideSpecOf(pair.secondary, seen.secondary),
    target: side,
    primaryIsDown: false,
    grantWithoutSignOutProof: false,
    limits: {
      batchSize: plan.limits.batchSize,
      batchInterval: plan.limits.batchInterval,
      grace: 0,
      minimumCapacity: 0,
      capacityDeadline: pair.capacityDeadline,
      deadSideDeadline: plan.limits.deadSideDeadline,
    },
    message: pair.message,
    recoveryPoint: pair.recoveryPoint,
    keepAlive: limits,
    accessRoles: [],
    applicationGroups: { primary: [], secondary: [] },
    stages: keepAlive(side, limits).map((stage) => ({ ...stage, tasks: tasks[stage.name] })),
    out: found.out,
  }
}

function subjectsOf(
  { sessionHosts = [], vms = [] }: SideSeen,
  side: Side,
  keys: readonly string[],
): { readonly subjects: readonly HostSubject[]; readonly out: readonly Out[] } {
  const hosts = new Map(sessionHosts.map((host) => [hostKey(host.name), host]))
  const vmOf = vmMatcher(vms)
  const subjects: HostSubject[] = []
  const out: Out[] = []
  for (const key of [...new Set(keys)].sort(byText)) {
    const host = hosts.get(key)
    const match = host ? vmOf(host) : 'none'
    if (!host) out.push({ host: key, code: 'unknownHost', reason: 'The inventory has no such session host.' })
    else if (match === 'none') out.push({ host: host.name, code: 'noVm', reason: 'No virtual machine of this name.' })
    else if (match === 'ambiguous')
      out.push({ host: host.name, code: 'ambiguousVm', reason: 'More than one virtual machine could be this host.' })
    else {
      const { id: vmId, size, zone } = match.vm
      subjects.push({
        kind: 'host',
        key,
        side,
        host: host.name,
        vmId,
        ...(size !== '' && { size }),
        ...(zone !== undefined && { zone }),
      })
    }
  }
  return { subjects, out }
}
