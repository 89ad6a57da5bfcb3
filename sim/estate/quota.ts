import type { SimPower, SimVm } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { worldOf } from './world.ts'

/** `Standard_D4s_v5` → `standardDSv5Family`, 4 cores. Sizes the pattern does not know count 2 cores. */
export function sizeOf(vmSize: string): { readonly family: string; readonly cores: number } {
  const match = /^standard_([a-z]+?)(\d+)([a-z]*)(?:_(v\d+))?$/i.exec(vmSize)
  if (!match) return { family: 'standardOtherFamily', cores: 2 }
  const [, series = '', cores = '2', features = '', version = ''] = match
  return { family: `standard${series.toUpperCase()}${features.toUpperCase()}${version}Family`, cores: Number(cores) }
}

export const quotaKey = (subscription: string, location: string, family: string): string =>
  `${subscription}/${location}/${family}`.toLowerCase()

/** Takes the cores a VM needs to run, or says what is missing. Regions without a quota entry have all one wants. */
export function chargeCores(
  sim: Sim,
  vm: Pick<SimVm, 'subscription' | 'location' | 'size'>,
): QuotaShortage | undefined {
  const { family, cores } = sizeOf(vm.size)
  const quotas = [family, 'cores'].map((name) => sim.estate.quotas.get(quotaKey(vm.subscription, vm.location, name)))
  for (const quota of quotas) {
    if (quota && quota.used + cores > quota.limit)
      return { location: vm.location, limit: quota.limit, used: quota.used, required: cores }
  }
  for (const quota of quotas) if (quota) quota.used += cores
  return undefined
}

export function releaseCores(sim: Sim, vm: Pick<SimVm, 'subscription' | 'location' | 'size'>): void {
  const { family, cores } = sizeOf(vm.size)
  for (const name of [family, 'cores']) {
    const quota = sim.estate.quotas.get(quotaKey(vm.subscription, vm.location, name))
    if (quota) quota.used = Math.max(0, quota.used - cores)
  }
}

/**
 * What a start costs. Where deallocated VMs hold their quota it costs nothing more, but a region over its limit
 * starts nothing.
 */
export function chargeStart(sim: Sim, vm: SimVm): QuotaShortage | undefined {
  if (!worldOf(sim).switches.deallocatedCountsAgainstQuota && holdsNothing(vm.power.now())) return chargeCores(sim, vm)
  const { family, cores } = sizeOf(vm.size)
  for (const name of [family, 'cores']) {
    const quota = sim.estate.quotas.get(quotaKey(vm.subscription, vm.location, name))
    if (quota && quota.used > quota.limit)
      return { location: vm.location, limit: quota.limit, used: quota.used, required: cores }
  }
  return undefined
}

export type QuotaShortage = {
  readonly location: string
  readonly limit: number
  readonly used: number
  readonly required: number
}

/** Compute's words for it (quota errors, learn.microsoft.com). */
export const quotaMessage = ({ location, limit, used, required }: QuotaShortage): string =>
  'Operation could not be completed as it results in exceeding approved Total Regional Cores quota. ' +
  `Additional details - Deployment Model: Resource Manager, Location: ${location}, Current Limit: ${limit}, ` +
  `Current Usage: ${used}, Additional Required: ${required}, (Minimum) New Limit Required: ${used + required}. ` +
  'Submit a request for Quota increase by specifying parameters listed in the Details section for deployment to succeed.'

const holdsNothing = (power: SimPower): boolean => power === 'deallocated'
