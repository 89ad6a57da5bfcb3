/** Storage accounts and their file shares: Microsoft.Storage, api 2023-05-01. Read only. */
import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import { syncRegions } from '../estate/regions.ts'
import { surroundingsOf } from '../estate/surroundings.ts'
import type { SimResource, SimShare } from '../estate/surroundings-types.ts'
import { failure, resourceNotFound } from './answers.ts'
import { guidOf } from './avd-resource.ts'
import { listAnswer } from './paging.ts'
import type { Provider, Route, Sim, SimRequest, SimResponse } from './types.ts'

const type = 'Microsoft.Storage/storageAccounts'
const account = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}/{name}`
const allShares = `${account}/fileServices/default/shares`
const shareAction = `${type}/fileServices/shares/read`
const pageSize = 5_000

export const storage: Provider = {
  namespace: 'Microsoft.Storage',
  apiVersions: ['2023-05-01', '2024-01-01'],
  routes: [
    { method: 'GET', path: account, bucket: 'reads', action: `${type}/read`, handle: withAccount(getAccount) },
    { method: 'GET', path: allShares, bucket: 'reads', action: shareAction, handle: withAccount(listShares) },
    {
      method: 'GET',
      path: `${allShares}/{share}`,
      bucket: 'reads',
      action: shareAction,
      handle: withAccount(getShare),
    },
  ],
}

type Handler = (
  request: SimRequest,
  found: SimResource,
  sim: Sim,
  params: Readonly<Record<string, string>>,
) => SimResponse

function withAccount(handle: Handler): Route['handle'] {
  return (request, params, sim) => {
    syncRegions(sim)
    const { subscription = '', group = '', name = '' } = params
    const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}`
    const found = surroundingsOf(sim).resources.get(idKey(id))
    return found ? handle(request, found, sim, params) : resourceNotFound(type, name, group)
  }
}

function getAccount(_request: SimRequest, found: SimResource): SimResponse {
  const { id, location, kind, sku, tags = {}, properties } = found
  return { status: 200, body: { sku, kind, id, name: parseArmId(id)?.name, type, location, tags, properties } }
}

/** What is used of them is in no list (specification: `stats` is of one share alone). */
function listShares(request: SimRequest, found: SimResource, sim: Sim): SimResponse {
  const unknown = expanded(request).find((one) => one !== 'deleted' && one !== 'snapshots')
  if (unknown !== undefined) return invalid('$expand', unknown)
  const size = Number(request.query.$maxpagesize ?? pageSize)
  const shares = surroundingsOf(sim).shares.get(idKey(found.id)) ?? []
  return listAnswer(sim, request, shares, (share) => shareBody(found, share, false), {
    pageSize: size > 0 ? Math.min(size, pageSize) : pageSize,
  })
}

function getShare(request: SimRequest, found: SimResource, sim: Sim, { share: name = '' }: Params): SimResponse {
  const unknown = expanded(request).find((one) => one !== 'stats')
  if (unknown !== undefined) return invalid('$expand', unknown)
  const share = surroundingsOf(sim)
    .shares.get(idKey(found.id))
    ?.find((one) => one.name === name.toLowerCase())
  if (!share) return failure(404, 'ShareNotFound', 'The specified share does not exist.')
  return { status: 200, body: shareBody(found, share, expanded(request).length > 0) }
}

type Params = Readonly<Record<string, string>>

const expanded = ({ query }: SimRequest): readonly string[] =>
  (query.$expand ?? '').split(',').filter((one) => one !== '')

const invalid = (name: string, value: string): SimResponse =>
  failure(400, 'InvalidQueryParameterValue', `The value '${value}' of the query parameter '${name}' is not valid.`)

function shareBody({ id }: SimResource, { name, quotaGiB, usedBytes }: SimShare, withStats: boolean) {
  const shareId = `${id}/fileServices/default/shares/${name}`
  return {
    id: shareId,
    name,
    type: `${type}/fileServices/shares`,
    etag: `"0x${guidOf(shareId).slice(0, 8).toUpperCase()}"`,
    properties: {
      leaseStatus: 'Unlocked',
      leaseState: 'Available',
      lastModifiedTime: '2026-01-05T08:20:47Z',
      shareQuota: quotaGiB,
      accessTier: 'Premium',
      ...(withStats && { shareUsageBytes: usedBytes }),
    },
  }
}
