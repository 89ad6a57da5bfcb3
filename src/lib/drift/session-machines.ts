/** The session hosts of a side as machines, and what is true of sides and pairs that several rules ask. */
import type { Vm } from '../model/azure.ts'
import type { PlannedPair } from '../plan/schema.ts'
import { vmMatcher } from '../planning/vms.ts'
import type { Side } from './next-move.ts'
import { oncePer } from './once-per.ts'
import { type Part, partOfSide } from './outcome.ts'
import type { RuleContext } from './rule.ts'

export const sides = ['primary', 'secondary'] as const

/** Other machines of the resource group are none of ours; a host without a machine is for `counterpart-hosts` to tell. */
export const machinesOfSide = (context: RuleContext, side: Side): Part<readonly Vm[]> => machinesOf[side](context)

const machinesOf: Readonly<Record<Side, (context: RuleContext) => Part<readonly Vm[]>>> = {
  primary: oncePer((context) => findMachines(context, 'primary')),
  secondary: oncePer((context) => findMachines(context, 'secondary')),
}

function findMachines(context: RuleContext, side: Side): Part<readonly Vm[]> {
  const hosts = partOfSide(context, side, 'sessionHosts')
  const vms = partOfSide(context, side, 'vms')
  if (hosts.kind === 'unseen') return hosts
  if (vms.kind === 'unseen') return vms
  const vmOf = vmMatcher(vms.value)
  const machines = hosts.value.flatMap((host) => {
    const match = vmOf(host)
    return typeof match === 'object' ? [match.vm] : []
  })
  return { kind: 'seen', value: [...new Set(machines)] }
}

/** By the sizes of the pair: Azure has no list of regions with zones that is told by the same means. */
export function hasZones(context: RuleContext, side: Side): Part<boolean> {
  const sizes = partOfSide(context, side, 'sizes')
  if (sizes.kind === 'unseen') return sizes
  if (sizes.value.length === 0) return { kind: 'unseen', reason: `${side}: no size to tell by whether there are zones` }
  return { kind: 'seen', value: sizes.value.some(({ zones }) => zones.length > 0) }
}

/** Azure writes regions as `uksouth` and, in places, as `UK South`. */
export const sameRegion = (a: string, b: string): boolean => regionKey(a) === regionKey(b)
const regionKey = (region: string): string => region.toLowerCase().replaceAll(' ', '')

/** Where the plan says nothing, users of a pool roam; a desktop of their own keeps its profile on its own disk. */
export const keepsProfiles = ({ pair }: { readonly pair: PlannedPair }): boolean =>
  pair.profiles ? pair.profiles.kind !== 'none' : pair.strategy === 'pooledStandby'

export const usesCloudCache = ({ pair }: { readonly pair: PlannedPair }): boolean =>
  pair.profiles ? pair.profiles.kind === 'cloudCache' : pair.strategy === 'pooledStandby'

export const profilesUnsaid = 'the plan does not say where profiles are kept (profiles)'
