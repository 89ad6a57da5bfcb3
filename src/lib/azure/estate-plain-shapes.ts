/** What Resource Manager tells of what Resource Graph does not have. Undefined without what identifies the thing. */
import type { DiagnosticSetting, FileShare, ImageVersion, Lock } from '../model/estate.ts'
import { list, number, record, text, texts } from './wire.ts'

/** A lock belongs to what its id begins with. */
export function lockOf(value: unknown): Lock | undefined {
  const lock = record(value)
  const id = text(lock?.id)
  const scope = scopeIn.exec(id ?? '')?.[1]
  if (!id || !scope) return undefined
  const level = text(record(lock?.properties)?.level)?.toLowerCase()
  const known = (['CanNotDelete', 'ReadOnly'] as const).find((word) => word.toLowerCase() === level)
  return { id, name: text(lock?.name) ?? id, scope, level: known ?? 'other' }
}

const scopeIn = /^(\/.+)\/providers\/microsoft\.authorization\/locks\/[^/]+$/i

/** An entry without any right is one that gives none. */
export function rightsOf(value: unknown): {
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
} {
  const { actions, notActions } = record(value) ?? {}
  return { actions: texts(actions), notActions: texts(notActions) }
}

export function fileShareOf(value: unknown, accountId: string): FileShare | undefined {
  const share = record(value)
  const properties = record(share?.properties) ?? {}
  const name = text(share?.name)
  const quotaGiB = number(properties.shareQuota)
  const usedBytes = number(properties.shareUsageBytes)
  if (!name || quotaGiB === undefined) return undefined
  return { accountId, name, quotaGiB, ...(usedBytes !== undefined && { usedBytes }) }
}

/** Undefined for what is not a version of an image. A region without a count of its own has that of the version, or one. */
export function imageReplicasOf(value: unknown): ImageVersion['replicas'] | undefined {
  const properties = record(record(value)?.properties)
  const profile = record(properties?.publishingProfile)
  if (!profile) return undefined
  const summary = list(record(properties?.replicationStatus)?.summary).map((entry) => record(entry) ?? {})
  const usual = number(profile.replicaCount) ?? 1
  return list(profile.targetRegions).flatMap((entry) => {
    const { name, regionalReplicaCount } = record(entry) ?? {}
    const region = regionOf(name)
    if (region === undefined) return []
    const state = text(summary.find((one) => regionOf(one.region) === region)?.state)
    return [{ region, count: number(regionalReplicaCount) ?? usual, ...(state !== undefined && { state }) }]
  })
}

/** Images name regions as people do, `UK South`. */
const regionOf = (name: unknown): string | undefined => text(name)?.replace(/ /g, '').toLowerCase()

export function diagnosticSettingOf(value: unknown, resourceId: string): DiagnosticSetting | undefined {
  const setting = record(value)
  const name = text(setting?.name)
  const workspaceId = text(record(setting?.properties)?.workspaceId)
  return name ? { resourceId, name, ...(workspaceId !== undefined && { workspaceId }) } : undefined
}
