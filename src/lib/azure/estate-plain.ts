/**
 * What Resource Graph does not have: locks (Microsoft.Authorization 2020-05-01), the caller's own rights (2022-04-01), file
 * shares (Microsoft.Storage 2023-05-01), versions of images (Microsoft.Compute 2023-07-03), and diagnostic settings
 * (Microsoft.Insights 2021-05-01-preview).
 */
import { parseArmId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { FileShare, ImageVersion } from '../model/estate.ts'
import type { Estate } from '../ports/estate.ts'
import { listAs, readAs } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { diagnosticSettingOf, fileShareOf, imageReplicasOf, lockOf, rightsOf } from './estate-plain-shapes.ts'
import { misnamed } from './outcomes.ts'
import { pagesOf } from './pages.ts'
import { record, text } from './wire.ts'

/** The rights these reads need. */
export const actions: readonly string[] = [
  'Microsoft.Authorization/locks/read',
  'Microsoft.Authorization/permissions/read',
  'Microsoft.Compute/galleries/images/versions/read',
  'Microsoft.Compute/galleries/read',
  'Microsoft.Insights/diagnosticSettings/read',
  'Microsoft.Storage/storageAccounts/fileServices/shares/read',
]

export type PlainReads = Pick<Estate, 'locks' | 'rights' | 'shares' | 'image' | 'diagnostics'>

type Azure = Pick<AzureClients, 'calls' | 'get'>

export function plainReadsOf(azure: Azure): PlainReads {
  const { calls, get } = azure
  return {
    async locks(subscription) {
      const path = `/subscriptions/${subscription}/providers/Microsoft.Authorization/locks?api-version=2020-05-01`
      return listAs(calls, () => pagesOf(get, subscription, path), 'A lock', lockOf)
    },
    async rights(resourceGroupId) {
      const subscription = /^\/subscriptions\/([^/?#\\%]+)\/resourcegroups\/[^/?#\\%]+$/i.exec(resourceGroupId)?.[1]
      if (!subscription) return misnamed(resourceGroupId)
      const path = `${resourceGroupId}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`
      const rights = await listAs(calls, () => pagesOf(get, subscription, path), 'A permission', rightsOf)
      return rights.kind === 'ok' ? { kind: 'ok', value: { scope: resourceGroupId, rights: rights.value } } : rights
    },
    shares: (accountId) => shares(azure, accountId),
    image: (versionId) => image(azure, versionId),
    async diagnostics(resourceId) {
      const id = safeId(resourceId)
      if (!id) return misnamed(resourceId)
      const path = `${resourceId}/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview`
      const pages = () => pagesOf(get, id.subscription, path)
      return listAs(calls, pages, 'A diagnostic setting', (entry) => diagnosticSettingOf(entry, resourceId))
    },
  }
}

/** Of one account, as many as are asked how full they are; of the others that stays unknown. */
const mostSharesAsked = 20

async function shares({ calls, get }: Azure, accountId: string): Promise<Answer<readonly FileShare[]>> {
  const id = safeId(accountId, 'Microsoft.Storage/storageAccounts')
  if (!id) return misnamed(accountId)
  const path = `${accountId}/fileServices/default/shares`
  const version = 'api-version=2023-05-01'
  const pages = () => pagesOf(get, id.subscription, `${path}?${version}`)
  const listing = await listAs(calls, pages, 'A file share', (entry) => fileShareOf(entry, accountId))
  if (listing.kind !== 'ok') return listing
  const asked = listing.value.slice(0, mostSharesAsked)
  const whole = await Promise.all(
    asked.map(async (share) => {
      const at = `${path}/${encodeURIComponent(share.name)}?$expand=stats&${version}`
      const read = await calls.one(() => get(id.subscription, at))
      return readAs(read, 'A file share', (value) => fileShareOf(value, accountId))
    }),
  )
  const failed = whole.find((answer) => answer.kind !== 'ok')
  if (failed) return failed
  const full = whole.flatMap((answer) => (answer.kind === 'ok' ? [answer.value] : []))
  return { kind: 'ok', value: [...full, ...listing.value.slice(mostSharesAsked)] }
}

/** A gallery that cannot be read does not hide the replicas. */
async function image({ calls, get }: Azure, versionId: string): Promise<Answer<ImageVersion>> {
  const id = safeId(versionId, 'Microsoft.Compute/galleries/images/versions')
  if (!id) return misnamed(versionId)
  const version = 'api-version=2023-07-03'
  const [whole, gallery] = await Promise.all([
    calls.one(() => get(id.subscription, `${versionId}?$expand=ReplicationStatus&${version}`)),
    calls.one(() => get(id.subscription, `${versionId.split('/').slice(0, 9).join('/')}?${version}`)),
  ])
  const galleryLocation = gallery.kind === 'ok' ? text(record(gallery.value)?.location) : undefined
  return readAs(whole, 'The image version', (value) => {
    const replicas = imageReplicasOf(value)
    return replicas && { id: versionId, replicas, ...(galleryLocation !== undefined && { galleryLocation }) }
  })
}

/** Part of an address as it stands: nothing that would lead elsewhere gets there. */
function safeId(id: string, type?: string) {
  const parsed = parseArmId(id)
  if (!parsed || /[?#\\%]|\/\.{1,2}\//.test(id)) return undefined
  return type === undefined || parsed.type.toLowerCase() === type.toLowerCase() ? parsed : undefined
}
