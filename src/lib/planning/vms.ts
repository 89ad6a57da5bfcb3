/** Which virtual machine a session host is, and in which order hosts go. */
import { idKey } from '../core/arm-id.ts'
import type { SessionHost, Vm } from '../model/azure.ts'
import { byText, hostKey, shortName } from './situation.ts'

export type VmMatch = { readonly vm: Vm } | 'none' | 'ambiguous'

/**
 * By name and by the id the agent reported. The name counts more: after a Site Recovery failover the reported id may
 * still be the old machine's, or already the new one's. Two different machines of one side are ambiguous.
 */
export function vmMatcher(vms: readonly Vm[]): (host: SessionHost) => VmMatch {
  const byName = new Map<string, Vm[]>()
  for (const vm of vms) byName.set(vm.name.toLowerCase(), [...(byName.get(vm.name.toLowerCase()) ?? []), vm])
  const byId = new Map(vms.map((vm) => [idKey(vm.id), vm]))
  return (host) => {
    const named = byName.get(shortName(host.name)) ?? []
    const reported = host.vmId === undefined ? undefined : byId.get(idKey(host.vmId))
    const vm = named.length === 1 ? named[0] : reported
    if (named.length > 1 && !reported) return 'ambiguous'
    if (!vm) return 'none'
    return reported && reported.id !== vm.id ? 'ambiguous' : { vm }
  }
}

/** A machine without the tag goes last. */
const untagged = 1_000

export const tierOf = (vm: Vm | undefined, tierTag: string): number => {
  const wanted = tierTag.toLowerCase()
  // Tag names are case-insensitive (learn.microsoft.com, tag resources).
  const value = Object.entries(vm?.tags ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1]
  return value !== undefined && /^\d{1,3}$/.test(value.trim()) ? Number(value) : untagged
}

type Ordered = { readonly tier: number; readonly host: string }

export const byTier = (a: Ordered, b: Ordered): number => a.tier - b.tier || byText(hostKey(a.host), hostKey(b.host))
