import { idKey, sameId } from '../../src/lib/core/arm-id.ts'
import { type Workspace, worldOf } from '../estate/world.ts'
import { resourceNotFound } from './answers.ts'
import { avdId, avdInGroup, avdInSubscription, avdList, guidOf, inGroup, systemData } from './avd-resource.ts'
import type { SimApplication, SimApplicationGroup } from './estate-types.ts'
import type { Route, Sim } from './types.ts'

const type = 'Microsoft.DesktopVirtualization/applicationGroups'
const workspaceType = 'Microsoft.DesktopVirtualization/workspaces'
const groups = (sim: Sim) => [...sim.estate.applicationGroups.values()]
const workspaces = (sim: Sim) => [...worldOf(sim).workspaces.values()]

export const applicationGroupRoutes: readonly Route[] = [
  read(`${avdInSubscription}/applicationGroups`, type, (request, { subscription = '' }, sim) => {
    const wanted = groups(sim).filter(({ id }) => isInSubscription(id, subscription))
    return avdList(sim, request, wanted, (group) => groupBody(sim, group))
  }),
  read(`${avdInGroup}/applicationGroups`, type, (request, { subscription = '', group = '' }, sim) => {
    const wanted = groups(sim).filter(({ id }) => inGroup(id, subscription, group))
    return avdList(sim, request, wanted, (found) => groupBody(sim, found))
  }),
  read(`${avdInGroup}/applicationGroups/{name}`, type, (_request, params, sim) => {
    const found = findGroup(params, sim)
    return found
      ? { status: 200, body: groupBody(sim, found) }
      : resourceNotFound(type, params.name ?? '', params.group ?? '')
  }),
  read(`${avdInGroup}/applicationGroups/{name}/applications`, `${type}/applications`, (request, params, sim) => {
    const found = findGroup(params, sim)
    if (!found) return resourceNotFound(type, params.name ?? '', params.group ?? '')
    const all = worldOf(sim).applications.get(idKey(found.id)) ?? []
    return avdList(sim, request, all, (one) => applicationBody(found, one))
  }),
  read(`${avdInSubscription}/workspaces`, workspaceType, (request, { subscription = '' }, sim) => {
    const wanted = workspaces(sim).filter(({ id }) => isInSubscription(id, subscription))
    return avdList(sim, request, wanted, workspaceBody)
  }),
  read(`${avdInGroup}/workspaces`, workspaceType, (request, { subscription = '', group = '' }, sim) => {
    const wanted = workspaces(sim).filter(({ id }) => inGroup(id, subscription, group))
    return avdList(sim, request, wanted, workspaceBody)
  }),
  read(`${avdInGroup}/workspaces/{name}`, workspaceType, (_request, params, sim) => {
    const { group = '', name = '' } = params
    const found = worldOf(sim).workspaces.get(idOf(params, 'workspaces'))
    return found ? { status: 200, body: workspaceBody(found) } : resourceNotFound(workspaceType, name, group)
  }),
]

function read(path: string, resourceType: string, handle: Route['handle']): Route {
  return { method: 'GET', path, bucket: 'reads', action: `${resourceType}/read`, handle }
}

const findGroup = (params: Readonly<Record<string, string>>, sim: Sim): SimApplicationGroup | undefined =>
  sim.estate.applicationGroups.get(idOf(params, 'applicationGroups'))

const idOf = ({ subscription, group, name }: Readonly<Record<string, string>>, kind: string): string =>
  idKey(
    `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.DesktopVirtualization/${kind}/${name}`,
  )

const isInSubscription = (id: string, subscription: string): boolean =>
  id.toLowerCase().startsWith(`/subscriptions/${subscription}/`.toLowerCase())

export function groupBody(sim: Sim, group: SimApplicationGroup) {
  const workspace = workspaces(sim).find(({ applicationGroups }) =>
    applicationGroups.some((id) => sameId(id, group.id)),
  )
  return {
    name: group.name,
    id: avdId(group.id),
    type: 'Microsoft.DesktopVirtualization/applicationgroups',
    location: group.location,
    tags: {},
    kind: group.type,
    systemData,
    properties: {
      objectId: guidOf(group.id),
      description: null,
      friendlyName: group.name,
      hostPoolArmPath: group.hostPoolId,
      workspaceArmPath: workspace?.id ?? null,
      applicationGroupType: group.type,
      cloudPcResource: false,
      showInFeed: true,
      ...group.settings,
    },
  }
}

export function applicationBody(group: SimApplicationGroup, { name, settings }: SimApplication) {
  return {
    name: `${group.name}/${name}`,
    id: `${avdId(group.id)}/applications/${name}`,
    type: 'Microsoft.DesktopVirtualization/applicationgroups/applications',
    systemData,
    properties: {
      objectId: guidOf(`${group.id}/applications/${name}`),
      description: null,
      friendlyName: name,
      filePath: `C:\\Program Files\\${name}\\${name}.exe`,
      commandLineSetting: 'DoNotAllow',
      commandLineArguments: '',
      showInPortal: true,
      iconPath: `C:\\Program Files\\${name}\\${name}.exe`,
      iconIndex: 0,
      applicationType: 'InBuilt',
      msixPackageFamilyName: null,
      msixPackageApplicationId: null,
      ...settings,
    },
  }
}

function workspaceBody(workspace: Workspace) {
  return {
    name: workspace.name,
    id: avdId(workspace.id),
    type: 'Microsoft.DesktopVirtualization/workspaces',
    location: workspace.location,
    tags: {},
    systemData,
    properties: {
      objectId: guidOf(workspace.id),
      description: null,
      friendlyName: workspace.friendlyName ?? workspace.name,
      applicationGroupReferences: workspace.applicationGroups,
      cloudPcResource: false,
    },
  }
}
