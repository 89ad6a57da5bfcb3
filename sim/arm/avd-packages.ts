/** MSIX packages of a pool, and App attach packages, which several pools may share (api 2024-04-03). Read only. */
import { idKey, parseArmId, sameId } from '../../src/lib/core/arm-id.ts'
import { surroundingsOf } from '../estate/surroundings.ts'
import type { SimAppAttachPackage, SimPackage } from '../estate/surroundings-types.ts'
import { failure } from './answers.ts'
import { withPool } from './avd-host-pools.ts'
import { avdId, avdInGroup, avdInSubscription, avdList, inGroup, systemData } from './avd-resource.ts'
import type { SimHostPool } from './estate-types.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

const attached = 'Microsoft.DesktopVirtualization/appAttachPackages'

export const packageRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${avdInGroup}/hostPools/{pool}/msixPackages`,
    bucket: 'reads',
    action: 'Microsoft.DesktopVirtualization/hostPools/msixPackages/read',
    handle: withPool((request, pool, sim) => {
      const found = surroundingsOf(sim).msixPackages.get(idKey(pool.id)) ?? []
      return avdList(sim, request, found, (one) => msixBody(pool, one))
    }),
  },
  {
    method: 'GET',
    path: `${avdInSubscription}/appAttachPackages`,
    bucket: 'reads',
    action: `${attached}/read`,
    handle: (request, { subscription = '' }, sim) =>
      listAttached(request, sim, ({ id }) => parseArmId(id)?.subscription.toLowerCase() === subscription.toLowerCase()),
  },
  {
    method: 'GET',
    path: `${avdInGroup}/appAttachPackages`,
    bucket: 'reads',
    action: `${attached}/read`,
    handle: (request, { subscription = '', group = '' }, sim) =>
      listAttached(request, sim, ({ id }) => inGroup(id, subscription, group)),
  },
]

/** The specification knows filters by host pool, package name and state; this one the first alone. */
function listAttached(request: SimRequest, sim: Sim, isWanted: (one: SimAppAttachPackage) => boolean): SimResponse {
  const { $filter: filter } = request.query
  const pool = /^HostPool eq '([^']+)'$/i.exec(filter ?? '')?.[1]
  if (filter !== undefined && pool === undefined)
    return failure(400, 'BadRequest', `The filter '${filter}' is not simulated.`)
  const found = [...surroundingsOf(sim).appAttachPackages.values()].filter(
    (one) => isWanted(one) && (pool === undefined || one.hostPools.some((id) => sameId(id, pool))),
  )
  return avdList(sim, request, found, attachedBody)
}

const nameOf = ({ fullName }: SimPackage): string => fullName.split('_')[0] ?? fullName

const imageOf = (one: SimPackage) => ({
  imagePath: one.imagePath,
  packageName: nameOf(one),
  packageFamilyName: `${nameOf(one)}_${one.fullName.split('_').at(-1)}`,
  displayName: nameOf(one),
  packageRelativePath: `\\apps\\${one.fullName}`,
  isRegularRegistration: false,
  isActive: one.isActive,
  packageDependencies: [],
  version: one.version,
  lastUpdated: '2026-01-12T14:01:54.957Z',
  packageApplications: [],
})

const msixBody = (pool: SimHostPool, one: SimPackage) => ({
  name: `${pool.name}/${one.fullName}`,
  id: `${avdId(pool.id)}/msixpackages/${one.fullName}`,
  type: 'Microsoft.DesktopVirtualization/hostpools/msixpackages',
  systemData,
  properties: imageOf(one),
})

const attachedBody = (one: SimAppAttachPackage) => ({
  name: parseArmId(one.id)?.name,
  id: avdId(one.id),
  type: 'Microsoft.DesktopVirtualization/appattachpackages',
  location: one.location,
  tags: {},
  systemData,
  properties: {
    provisioningState: 'Succeeded',
    image: {
      ...imageOf(one),
      packageAlias: nameOf(one).toLowerCase(),
      packageFullName: one.fullName,
      certificateName: null,
      certificateExpiry: null,
    },
    hostPoolReferences: one.hostPools.map(avdId),
    failHealthCheckOnStagingFailure: 'NeedsAssistance',
    keyVaultURL: '',
  },
})
