import { orderedJson } from '../core/ordered-json.ts'
import type { ApplicationGroup, HostPool, ScalingPlan, SessionHost, UserSession } from '../model/azure.ts'
import { applicationGroupSettings, poolSettings } from '../model/settings.ts'
import { agentUpdateFields, knownOnly, scheduleFields } from './known-fields.ts'
import { settingsOf } from './settings-of.ts'
import { lastOf, list, moment, number, record, text, type Wire } from './wire.ts'

/** Undefined without id or name, here and below. */
export function hostPoolOf(value: unknown): HostPool | undefined {
  const { id, name, location, properties } = resourceOf(value)
  if (!id || !name) return undefined
  return {
    id,
    name,
    location,
    type: wordOf(properties.hostPoolType, ['Pooled', 'Personal']),
    startVmOnConnect: properties.startVMOnConnect === true,
    maxSessionLimit: number(properties.maxSessionLimit) ?? 0,
    settings: settingsOf(
      { ...properties, agentUpdate: knownOnly(properties.agentUpdate, agentUpdateFields) },
      poolSettings,
    ),
  }
}

/** `allowNewSession` left out counts as drained: such a host adds no capacity. */
export function sessionHostOf(value: unknown): SessionHost | undefined {
  const { id, name, properties } = resourceOf(value)
  if (!id || !name) return undefined
  const lastHeartbeat = moment(properties.lastHeartBeat)
  const assignedUser = text(properties.assignedUser)
  const vmId = text(properties.resourceId)
  const agentVersion = text(properties.agentVersion)
  const updateState = text(properties.updateState)
  return {
    id,
    name: lastOf(name),
    status: text(properties.status) ?? 'Unknown',
    allowNewSession: properties.allowNewSession === true,
    sessions: number(properties.sessions) ?? 0,
    ...(lastHeartbeat === undefined ? {} : { lastHeartbeat }),
    ...(assignedUser === undefined ? {} : { assignedUser }),
    ...(vmId === undefined ? {} : { vmId }),
    ...(agentVersion === undefined ? {} : { agentVersion }),
    ...(updateState === undefined ? {} : { updateState }),
  }
}

/** Its name is `pool/host/number`; the id's letter case is less reliable. */
export function userSessionOf(value: unknown): UserSession | undefined {
  const { id, name, properties } = resourceOf(value)
  const host = name?.split('/').at(-2) ?? id?.split('/').at(-3)
  if (!id || !host) return undefined
  return {
    id,
    host,
    user: text(properties.userPrincipalName) ?? text(properties.activeDirectoryUserName) ?? 'unknown',
    state: text(properties.sessionState) ?? 'Unknown',
  }
}

export function applicationGroupOf(value: unknown): ApplicationGroup | undefined {
  const { id, name, location, properties } = resourceOf(value)
  const hostPoolId = text(properties.hostPoolArmPath)
  const workspaceId = text(properties.workspaceArmPath)
  if (!id || !name || !hostPoolId) return undefined
  return {
    id,
    name,
    hostPoolId,
    type: wordOf(properties.applicationGroupType, ['Desktop', 'RemoteApp']),
    settings: settingsOf(properties, applicationGroupSettings),
    ...(location === '' ? {} : { location }),
    ...(workspaceId === undefined ? {} : { workspaceId }),
  }
}

export function scalingPlanOf(value: unknown): ScalingPlan | undefined {
  const { id, name, location, properties } = resourceOf(value)
  const exclusionTag = text(properties.exclusionTag)
  const timeZone = text(properties.timeZone)
  const schedules = list(properties.schedules)
  if (!id || !name) return undefined
  const pools = list(properties.hostPoolReferences).flatMap((reference) => {
    const { hostPoolArmPath, scalingPlanEnabled } = record(reference) ?? {}
    const hostPoolId = text(hostPoolArmPath)
    return hostPoolId ? [{ hostPoolId, enabled: scalingPlanEnabled === true }] : []
  })
  return {
    id,
    name,
    pools,
    ...(exclusionTag === undefined ? {} : { exclusionTag }),
    ...(location === '' ? {} : { location }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(schedules.length === 0 ? {} : { schedules: orderedJson(knownOnly(schedules, scheduleFields)) }),
  }
}

const nothing: Wire = {}

export function resourceOf(value: unknown) {
  const { id, name, location, properties } = record(value) ?? nothing
  return {
    id: text(id),
    name: text(name),
    location: text(location) ?? '',
    properties: record(properties) ?? nothing,
  }
}

function wordOf<W extends string>(value: unknown, words: readonly W[]): W | 'other' {
  return words.find((word) => word.toLowerCase() === text(value)?.toLowerCase()) ?? 'other'
}
