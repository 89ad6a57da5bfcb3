/** What can be changed of host pools, application groups and applications. They are metadata: at once, and in every region. */
import { idKey, sameId } from '../../src/lib/core/arm-id.ts'
import { worldOf } from '../estate/world.ts'
import { failure, resourceNotFound } from './answers.ts'
import { applicationBody, groupBody } from './avd-application-groups.ts'
import { avdInGroup } from './avd-resource.ts'
import type { SimApplicationGroup, SimHostPool } from './estate-types.ts'
import type { Route, Sim, SimResponse } from './types.ts'

const groupType = 'Microsoft.DesktopVirtualization/applicationGroups'
const groupPath = `${avdInGroup}/applicationGroups/{name}`
const applicationPath = `${groupPath}/applications/{application}`

type Properties = Readonly<Record<string, unknown>>
type Params = Readonly<Record<string, string>>

export const writeRoutes: readonly Route[] = [
  { method: 'PUT', path: groupPath, bucket: 'writes', action: `${groupType}/write`, handle: putGroup },
  { method: 'PATCH', path: groupPath, bucket: 'writes', action: `${groupType}/write`, handle: patchGroup },
  {
    method: 'GET',
    path: applicationPath,
    bucket: 'reads',
    action: `${groupType}/applications/read`,
    handle: (_request, params, sim) => {
      const group = groupOf(params, sim)
      const found = group && applicationsOf(sim, group).find(({ name }) => same(name, params.application ?? ''))
      return group && found ? { status: 200, body: applicationBody(group, found) } : noApplication(params)
    },
  },
  {
    method: 'PUT',
    path: applicationPath,
    bucket: 'writes',
    action: `${groupType}/applications/write`,
    handle: (request, params, sim) => putApplication(propertiesOf(request.body), params, sim),
  },
]

/** Properties of HostPoolPatch (2024-04-03) with the values Azure takes; any other is refused here, lest a typing error looks done. */
const poolProperties: Readonly<Record<string, (value: unknown, pool: SimHostPool) => boolean>> = {
  friendlyName: isText,
  description: isText,
  customRdpProperty: isText,
  maxSessionLimit: (value) => Number.isInteger(value) && Number(value) > 0 && Number(value) <= 999_999,
  personalDesktopAssignmentType: oneOf('Automatic', 'Direct'),
  loadBalancerType: (value, { hostPoolType }) =>
    hostPoolType === 'Personal' ? value === 'Persistent' : oneOf('BreadthFirst', 'DepthFirst')(value),
  validationEnvironment: (value) => typeof value === 'boolean',
  // `None` is in the specification and is refused (azure-rest-api-specs#29220).
  preferredAppGroupType: oneOf('Desktop', 'RailApplications'),
  publicNetworkAccess: oneOf('Enabled', 'Disabled', 'EnabledForSessionHostsOnly', 'EnabledForClientsOnly'),
  agentUpdate: (value) => typeof value === 'object' && value !== null,
  vmTemplate: isText,
  ssoadfsAuthority: isText,
  ssoClientId: isText,
  ssoClientSecretKeyVaultPath: isText,
  ssoSecretType: oneOf('SharedKey', 'Certificate', 'SharedKeyInKeyVault', 'CertificateInKeyVault'),
}

/** Undefined when it was done; all of it or nothing. */
export function changePool(changes: Properties, pool: SimHostPool, sim: Sim): SimResponse | undefined {
  const wrong = Object.entries(changes).find(([name, value]) => poolProperties[name]?.(value, pool) !== true)
  if (wrong) return failure(400, 'BadRequest', `${wrong[0]} cannot be changed to ${JSON.stringify(wrong[1])}.`)
  pool.settings = { ...pool.settings, ...changes }
  if (typeof changes.maxSessionLimit === 'number') pool.maxSessionLimit = changes.maxSessionLimit
  for (const name of Object.keys(changes)) sim.ledger.write({ kind: 'poolPropertySet', pool: idKey(pool.id), name })
  return undefined
}

const groupProperties = ['friendlyName', 'description', 'showInFeed'] as const

function putGroup(...[request, params, sim]: Parameters<Route['handle']>): SimResponse {
  const { location } = (request.body ?? {}) as { location?: unknown }
  const { hostPoolArmPath, applicationGroupType: type, ...rest } = propertiesOf(request.body)
  const pool = sim.estate.hostPools.get(idKey(String(hostPoolArmPath)))
  if (!pool) return failure(400, 'BadRequest', 'The host pool of the application group does not exist.')
  if (type !== 'Desktop' && type !== 'RemoteApp')
    return failure(400, 'BadRequest', 'applicationGroupType must be Desktop or RemoteApp.')
  if (!same(String(location), pool.location))
    return failure(400, 'BadRequest', 'The application group must be in the location of its host pool.')
  const before = groupOf(params, sim)
  if (before && (!sameId(before.hostPoolId, pool.id) || before.type !== type))
    return failure(409, 'Conflict', 'Host pool and type of an application group cannot be changed.')
  if (!before && type === 'Desktop' && groupsOf(sim, pool).some((group) => group.type === 'Desktop'))
    return failure(409, 'Conflict', 'The host pool has a desktop application group already.')
  const settings = pick(rest)
  const { name = '' } = params
  const group = before ?? { id: groupIdOf(params), name, location: pool.location, hostPoolId: pool.id, type, settings }
  // Replaced: what is not said is as in every new group.
  group.settings = settings
  sim.estate.applicationGroups.set(idKey(group.id), group)
  sim.ledger.write({ kind: 'applicationGroupPut', pool: idKey(pool.id), group: idKey(group.id), isNew: !before })
  return { status: before ? 200 : 201, body: groupBody(sim, group) }
}

function patchGroup(...[request, params, sim]: Parameters<Route['handle']>): SimResponse {
  const group = groupOf(params, sim)
  if (!group) return resourceNotFound(groupType, params.name ?? '', params.group ?? '')
  group.settings = { ...group.settings, ...pick(propertiesOf(request.body)) }
  const [pool, id] = [idKey(group.hostPoolId), idKey(group.id)]
  sim.ledger.write({ kind: 'applicationGroupPut', pool, group: id, isNew: false })
  return { status: 200, body: groupBody(sim, group) }
}

function putApplication(settings: Properties, params: Params, sim: Sim): SimResponse {
  const group = groupOf(params, sim)
  if (!group) return resourceNotFound(groupType, params.name ?? '', params.group ?? '')
  if (group.type !== 'RemoteApp')
    return failure(400, 'BadRequest', 'Applications are published by application groups of the type RemoteApp.')
  if (!oneOf('DoNotAllow', 'Allow', 'Require')(settings.commandLineSetting))
    return failure(400, 'BadRequest', 'commandLineSetting must be DoNotAllow, Allow or Require.')
  if (settings.applicationType !== 'MsixApplication' && !settings.filePath)
    return failure(400, 'BadRequest', 'filePath is required.')
  const { application: name = '' } = params
  const all = applicationsOf(sim, group)
  const before = all.find((one) => same(one.name, name))
  const one = { name: before?.name ?? name, settings }
  worldOf(sim).applications.set(idKey(group.id), [...all.filter((other) => other !== before), one])
  const [pool, id] = [idKey(group.hostPoolId), idKey(group.id)]
  sim.ledger.write({ kind: 'applicationPut', pool, group: id, application: one.name, isNew: !before })
  return { status: before ? 200 : 201, body: applicationBody(group, one) }
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function oneOf(...words: readonly string[]): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && words.includes(value)
}

const propertiesOf = (body: unknown): Properties => (body as { properties?: Properties } | undefined)?.properties ?? {}

const pick = (properties: Properties): Properties =>
  Object.fromEntries(groupProperties.flatMap((name) => (name in properties ? [[name, properties[name]]] : [])))

const groupIdOf = ({ subscription, group, name }: Params): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/${groupType}/${name}`

const groupOf = (params: Params, sim: Sim): SimApplicationGroup | undefined =>
  sim.estate.applicationGroups.get(idKey(groupIdOf(params)))

const groupsOf = (sim: Sim, pool: SimHostPool) =>
  [...sim.estate.applicationGroups.values()].filter(({ hostPoolId }) => sameId(hostPoolId, pool.id))

const applicationsOf = (sim: Sim, group: SimApplicationGroup) => worldOf(sim).applications.get(idKey(group.id)) ?? []

const noApplication = ({ name = '', application = '', group = '' }: Params): SimResponse =>
  resourceNotFound(`${groupType}/applications`, `${name}/${application}`, group)

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
