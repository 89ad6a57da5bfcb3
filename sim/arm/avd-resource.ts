import { createHash } from 'node:crypto'
import { worldOf } from '../estate/world.ts'
import { listAnswer } from './paging.ts'
import type { Sim, SimRequest, SimResponse } from './types.ts'

export const avdInGroup =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DesktopVirtualization'
export const avdInSubscription = '/subscriptions/{subscription}/providers/Microsoft.DesktopVirtualization'

/** Recorded: AVD writes the types in its ids in lower case, `…/resourcegroups/…/hostpools/…/sessionhosts/…`. */
export function avdId(id: string): string {
  const [, , subscription = '', , group = '', , namespace = '', ...rest] = id.split('/')
  const typesInLowerCase = rest.map((part, i) => (i % 2 === 0 ? part.toLowerCase() : part)).join('/')
  return `/subscriptions/${subscription}/resourcegroups/${group}/providers/${namespace}/${typesInLowerCase}`
}

/** `pageSize`, `initialSkip` and `isDescending` as the caller asks. */
export function avdList<T>(
  sim: Sim,
  request: SimRequest,
  items: readonly T[],
  toBody: (item: T) => unknown,
): SimResponse {
  const { pagesize, initialskip, isdescending } = request.query
  const most = worldOf(sim).switches.pageSize
  const asked = Number(pagesize ?? most)
  const ordered = isdescending === 'true' ? items.toReversed() : items
  const skipped = initialskip === undefined ? ordered : ordered.slice(Number(initialskip))
  const pageSize = Number.isInteger(asked) && asked > 0 ? Math.min(asked, most) : most
  return listAnswer(sim, request, skipped, toBody, { pageSize })
}

export const inGroup = (id: string, subscription: string, group: string): boolean =>
  id.toLowerCase().startsWith(`/subscriptions/${subscription}/resourcegroups/${group}/`.toLowerCase())

const guids = new Map<string, string>()

/** A GUID that is always the same for the same text, whatever its letter case. Remembered: lists ask for thousands. */
export function guidOf(text: string): string {
  const known = guids.get(text)
  if (known !== undefined) return known
  const hex = createHash('sha1').update(text.toLowerCase()).digest('hex')
  const guid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  guids.set(text, guid)
  return guid
}

export const systemData = {
  createdBy: null,
  createdByType: null,
  createdAt: '2025-11-11T05:35:44.87Z',
  lastModifiedBy: 'admin@contoso.com',
  lastModifiedByType: 'User',
  lastModifiedAt: '2026-03-11T05:59:16.23Z',
}
