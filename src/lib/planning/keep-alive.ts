/** The spec of a wake-up: which hosts, which VMs they are, and what each of them needs. */
import { sameId } from '../core/arm-id.ts'
import type { KeepAliveLimits, OperationSpec, Side, StepName, Subject } from '../machine/spec.ts'
import type { SideSeen } from '../model/inventory.ts'
import { keepAlive } from '../runbooks/keep-alive.ts'
import type { Situation } from './situation.ts'
import { byText, hostKey } from './situation.ts'
import { stayingSpec } from './staying-spec.ts'
import { vmMatcher } from './vms.ts'

export type HostToWake = { readonly side: Side; readonly host: string }
/** `vmId`: of a host that the pool has no record of any more. */
export type HostToPutBack = HostToWake & { readonly left: readonly StepName[]; readonly vmId?: string }
export type HostToRepair = HostToWake & { readonly vmId?: string }

export type KeepAliveRequest = {
  readonly side: Side
  readonly wakes: readonly HostToWake[]
  readonly putBack: readonly HostToPutBack[]
  /** Nobody else is woken or put back meanwhile on such a host. */
  readonly repair?: readonly HostToRepair[]
}

type HostSubject = Extract<Subject, { kind: 'host' }>
type Out = OperationSpec['out'][number]

/** Hosts whose VM is not known for certain are left out by name; of a host that is put back only that is done. */
export function planKeepAlive(
  { plan, pair, seen }: Pick<Situation, 'plan' | 'pair' | 'seen'>,
  limits: KeepAliveLimits,
  { side, wakes, putBack, repair = [] }: KeepAliveRequest,
): OperationSpec {
  const toRepair = new Set(repair.map(({ host }) => hostKey(host)))
  const toPutBack = new Map(putBack.map(({ host, left }) => [hostKey(host), left]))
  const found = subjectsOf(seen[side], side, [...wakes, ...putBack, ...repair])
  const tasks = {
    wake: found.subjects.filter(({ key }) => !toPutBack.has(key) && !toRepair.has(key)),
    repair: found.subjects.filter(({ key }) => toRepair.has(key)).map((subject) => asItWas(subject, seen[side])),
    putBack: found.subjects.flatMap((subject) => {
      const only = toPutBack.get(subject.key)
      return only && !toRepair.has(subject.key) ? [{ ...subject, only }] : []
    }),
  }
  return {
    ...stayingSpec(plan, pair, seen, side),
    kind: 'keepAlive',
    keepAlive: limits,
    stages: keepAlive(side, limits).map((stage) => ({ ...stage, tasks: tasks[stage.name] })),
    out: found.out,
  }
}

/** A new record lets people in. Only a host that does so now is not drained behind the repair. */
function asItWas(subject: HostSubject, { sessionHosts = [] }: SideSeen): HostSubject {
  const before = sessionHosts.find(({ name }) => hostKey(name) === subject.key)
  return before?.allowNewSession ? { ...subject, only: ['removeHost', 'redeployVm', 'awaitHost'] } : subject
}

function subjectsOf(
  { sessionHosts = [], vms = [] }: SideSeen,
  side: Side,
  asked: readonly HostToRepair[],
): { readonly subjects: readonly HostSubject[]; readonly out: readonly Out[] } {
  const hosts = new Map(sessionHosts.map((host) => [hostKey(host.name), host]))
  const vmOf = vmMatcher(vms)
  const subjects: HostSubject[] = []
  const out: Out[] = []
  const vmIds = new Map(asked.map(({ host, vmId }) => [hostKey(host), vmId]))
  for (const key of [...vmIds.keys()].sort(byText)) {
    const vmId = hosts.has(key) ? undefined : vmIds.get(key)
    if (vmId !== undefined) {
      subjects.push(withoutRecord(key, side, vmId, vms))
      continue
    }
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

/** The pool knows the host no longer; the VM is the one its clock names. */
function withoutRecord(key: string, side: Side, vmId: string, vms: NonNullable<SideSeen['vms']>): HostSubject {
  const vm = vms.find(({ id }) => sameId(id, vmId))
  const size = vm?.size ? { size: vm.size } : {}
  const zone = vm?.zone === undefined ? {} : { zone: vm.zone }
  return { kind: 'host', key, side, host: key, vmId, ...size, ...zone }
}
