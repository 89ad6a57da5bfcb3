/** Galleries and versions of their images: Microsoft.Compute, api 2023-07-03. Read only. */
import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import { surroundingsOf } from '../estate/surroundings.ts'
import type { SimImageVersion } from '../estate/surroundings-types.ts'
import { resourceNotFound } from './answers.ts'
import { regionName } from './site-recovery-fabrics.ts'
import type { Route, SimRequest } from './types.ts'

const type = 'Microsoft.Compute/galleries'
const gallery = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}/{gallery}`
/** Galleries have versions of their own beside those of machines. */
const apiVersions = ['2023-07-03', '2024-03-03', '2025-03-03']

export function galleryRoutes(): Route[] {
  const get = { method: 'GET', bucket: 'reads', apiVersions } as const
  return [
    { ...get, path: gallery, action: `${type}/read`, handle: getGallery },
    {
      ...get,
      path: `${gallery}/images/{image}/versions/{version}`,
      action: `${type}/images/versions/read`,
      handle: getVersion,
    },
  ]
}

const getGallery: Route['handle'] = (_request, { subscription, group = '', gallery: name = '' }, sim) => {
  const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}`
  const found = surroundingsOf(sim).resources.get(idKey(id))
  if (!found) return resourceNotFound(type, name, group)
  const { location, properties } = found
  return { status: 200, body: { name: parseArmId(found.id)?.name, id: found.id, type, location, tags: {}, properties } }
}

const getVersion: Route['handle'] = (request, params, sim) => {
  const { subscription, group = '', gallery: name, image, version } = params
  const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}/images/${image}/versions/${version}`
  const found = surroundingsOf(sim).images.get(idKey(id))
  if (!found) return resourceNotFound(`${type}/images/versions`, `${name}/${image}/${version}`, group)
  return { status: 200, body: versionBody(request, found) }
}

/** Regions are written as people read them; how replication goes is told only where it is asked for. */
function versionBody(request: SimRequest, { id, location, replicas }: SimImageVersion) {
  const targetRegions = replicas.map(({ region, count }) => ({
    name: regionName(region),
    regionalReplicaCount: count,
    storageAccountType: 'Standard_ZRS',
    excludeFromLatest: false,
  }))
  const summary = replicas.map(({ region, state }) => ({
    region: regionName(region),
    state,
    details: '',
    progress: state === 'Completed' ? 100 : 40,
  }))
  const isComplete = replicas.every(({ state }) => state === 'Completed')
  const wantsStatus = /replicationstatus/i.test(request.query.$expand ?? '')
  return {
    id,
    name: id.split('/').at(-1),
    type: `${type}/images/versions`,
    location,
    tags: {},
    properties: {
      publishingProfile: {
        targetRegions,
        replicaCount: 1,
        publishedDate: '2026-02-20T09:00:00Z',
        storageAccountType: 'Standard_ZRS',
        excludeFromLatest: false,
      },
      storageProfile: { osDiskImage: { sizeInGB: 127, hostCaching: 'ReadWrite' } },
      provisioningState: 'Succeeded',
      ...(wantsStatus && {
        replicationStatus: { aggregatedState: isComplete ? 'Completed' : 'InProgress', summary },
      }),
    },
  }
}
