import { sizeOf } from '../estate/quota.ts'
import { type Restriction, restrictionsOf } from '../estate/room.ts'
import { failure } from './answers.ts'
import type { Estate } from './estate-types.ts'
import type { Route, Sim } from './types.ts'

/** Quota of one region: `cores` and one entry per family that has one. */
export const listUsages: Route['handle'] = (_request, { subscription = '', location = '' }, sim) => {
  const prefix = `${subscription}/${location}/`.toLowerCase()
  const families = familiesIn(sim.estate)
  const value = [...sim.estate.quotas]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, { used, limit }]) => {
      const family = key.slice(prefix.length)
      const name = families.get(family) ?? family
      const localizedValue = name === 'cores' ? 'Total Regional vCPUs' : `${name} vCPUs`
      return { unit: 'Count', currentValue: used, limit, name: { value: name, localizedValue } }
    })
  return { status: 200, body: { value } }
}

/** The sizes the estate uses, in the one location of `$filter=location eq 'ukwest'`. */
export const listSkus: Route['handle'] = (request, { subscription = '' }, sim) => {
  const location = /^location eq '([^']+)'$/i.exec(request.query.$filter ?? '')?.[1]
  if (location === undefined) return failure(400, 'InvalidFilter', "The filter must be location eq '<name>'.")
  const sizes = new Set<string>()
  for (const vm of sim.estate.vms.values()) if (vm.subscription === subscription) sizes.add(vm.size)
  return {
    status: 200,
    body: { value: [diskSku(location), ...[...sizes].map((size) => skuBody(sim, size, location))] },
  }
}

/** Letters behind the cores: `d` is a disk of the size's own; sizes before the fourth generation all had one ("Azure VM naming"). */
function hasLocalDisk(name: string): boolean {
  const [, letters = '', version = '1'] = /^standard_[a-z]+\d+(?:-\d+)?([a-z]*)(?:_v(\d+))?$/i.exec(name) ?? []
  return Number(version) < 4 || letters.toLowerCase().includes('d')
}

/** The list is of more than machines. */
const diskSku = (location: string) => ({
  resourceType: 'disks',
  name: 'Premium_LRS',
  tier: 'Premium',
  size: 'P10',
  locations: [location],
  locationInfo: [{ location, zones: ['1', '2', '3'], zoneDetails: [] }],
  restrictions: [],
})

function skuBody(sim: Sim, name: string, location: string) {
  const { family, cores } = sizeOf(name)
  return {
    resourceType: 'virtualMachines',
    name,
    tier: 'Standard',
    size: name.replace(/^Standard_/, ''),
    family,
    locations: [location],
    locationInfo: [{ location, zones: ['1', '2', '3'], zoneDetails: [] }],
    capabilities: [
      { name: 'vCPUs', value: String(cores) },
      { name: 'MaxResourceVolumeMB', value: String(hasLocalDisk(name) ? cores * 38_400 : 0) },
    ],
    restrictions: restrictionsOf(sim, name, location).map(restrictionBody),
  }
}

function restrictionBody({ location, zone }: Restriction) {
  return {
    type: zone === undefined ? 'Location' : 'Zone',
    values: [location],
    restrictionInfo: { locations: [location], ...(zone !== undefined && { zones: [zone] }) },
    reasonCode: 'NotAvailableForSubscription',
  }
}

/** Families are written in Azure's letter case, keys are not. */
function familiesIn(estate: Estate): Map<string, string> {
  const families = new Map<string, string>()
  for (const vm of estate.vms.values()) {
    const { family } = sizeOf(vm.size)
    families.set(family.toLowerCase(), family)
  }
  return families
}
