import { idKey } from '../../src/lib/core/arm-id.ts'
import { syncRegions } from '../estate/regions.ts'
import { type Asked, replaceVm } from '../estate/replacement.ts'
import { failure, resourceGroupNotFound } from './answers.ts'
import type { Estate } from './estate-types.ts'
import type { Provider, Sim, SimRequest, SimResponse } from './types.ts'

const path =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Resources/deployments/{deployment}'
const type = 'Microsoft.Resources/deployments'
const templateSpecVersion =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Resources\/templateSpecs\/[^/]+\/versions\/[^/]+$/i

/**
 * Deployments of template specs that make a session host anew, api 2025-04-01. The long operation is the deployment itself:
 * its own GET tells. Any template spec version exists here, and is one that does what the guide asks of it.
 */
export const resources: Provider = {
  namespace: 'Microsoft.Resources',
  apiVersions: ['2025-04-01'],
  routes: [
    { method: 'GET', path, bucket: 'reads', action: `${type}/read`, handle: get },
    { method: 'PUT', path, bucket: 'writes', action: `${type}/write`, handle: put },
  ],
}

type Params = Readonly<Record<string, string>>
type DeploymentError = { readonly code: string; readonly message: string }

type SimDeployment = {
  readonly id: string
  readonly name: string
  readonly parameters: Readonly<Record<string, { readonly type: string; readonly value?: string }>>
  readonly templateLink: { readonly id: string }
  readonly timestamp: number
  state: 'Accepted' | 'Running' | 'Succeeded' | 'Failed'
  error?: DeploymentError
}

const known = new WeakMap<Estate, Map<string, SimDeployment>>()

function deploymentsOf({ estate }: Sim): Map<string, SimDeployment> {
  const found = known.get(estate) ?? new Map<string, SimDeployment>()
  known.set(estate, found)
  return found
}

const idOf = ({ subscription, group, deployment }: Params): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${deployment}`

function get(_request: SimRequest, params: Params, sim: Sim): SimResponse {
  const found = deploymentsOf(sim).get(idKey(idOf(params)))
  if (found) return { status: 200, body: bodyOf(found) }
  return failure(404, 'DeploymentNotFound', `Deployment '${params.deployment}' could not be found.`)
}

/** One of the same name that is under way is refused; one that has ended is replaced. */
function put(request: SimRequest, params: Params, sim: Sim): SimResponse {
  syncRegions(sim)
  const id = idOf(params)
  const before = deploymentsOf(sim).get(idKey(id))
  if (before && (before.state === 'Accepted' || before.state === 'Running'))
    return failure(
      409,
      'DeploymentActive',
      `Unable to edit or replace deployment '${before.name}': it is still active.`,
    )
  const asked = askedOf(request.body, params)
  if ('code' in asked) return failure(400, asked.code, asked.message)
  const vms = [...sim.estate.vms.keys()]
  const group = `/subscriptions/${params.subscription}/resourcegroups/${params.group}/`.toLowerCase()
  if (!vms.some((key) => key.startsWith(group))) return resourceGroupNotFound(params.group ?? '')
  const deployment: SimDeployment = {
    id,
    name: params.deployment ?? '',
    parameters: shown(asked),
    templateLink: { id: asked.template },
    timestamp: sim.now(),
    state: 'Accepted',
  }
  deploymentsOf(sim).set(idKey(id), deployment)
  const endsAt = replaceVm(sim, asked, (error) => {
    deployment.state = error ? 'Failed' : 'Succeeded'
    if (error) deployment.error = error
  })
  sim.agenda.at(Math.min(endsAt, sim.now() + 2_000), () => {
    if (deployment.state === 'Accepted') deployment.state = 'Running'
  })
  return { status: before ? 200 : 201, body: bodyOf(deployment) }
}

const invalid = (message: string): DeploymentError => ({ code: 'InvalidTemplate', message })

function askedOf(
  body: unknown,
  { subscription, group }: Params,
): (Asked & { readonly template: string }) | DeploymentError {
  const { properties } = (body ?? {}) as { properties?: Record<string, unknown> }
  const template = (properties?.templateLink as { id?: unknown } | undefined)?.id
  if (properties?.mode !== 'Incremental')
    return { code: 'InvalidRequestContent', message: 'Only incremental deployments are simulated.' }
  if (typeof template !== 'string' || !templateSpecVersion.test(template))
    return { code: 'InvalidTemplateLink', message: 'templateLink.id is not the id of a template spec version.' }
  const given = (properties.parameters ?? {}) as Record<string, { value?: unknown }>
  const values: Record<string, string> = {}
  for (const name of ['vmName', 'hostPoolId', 'location', 'zone', 'registrationToken']) {
    const value = given[name]?.value
    if (typeof value !== 'string') return invalid(`The value for the template parameter '${name}' is not provided.`)
    values[name] = value
  }
  const unknown = Object.keys(given).filter((name) => !(name in values))
  if (unknown.length > 0) return invalid(`The template has no parameters '${unknown.join(', ')}'.`)
  const { vmName = '', hostPoolId = '', location = '', zone = '', registrationToken = '' } = values
  const vmId = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/${vmName}`
  return { template, vmId, hostPoolId, location, zone, registrationToken }
}

/** Secure parameters are shown without their values. */
const shown = ({ vmId, hostPoolId, location, zone }: Asked): SimDeployment['parameters'] => ({
  vmName: { type: 'String', value: vmId.split('/').at(-1) ?? '' },
  hostPoolId: { type: 'String', value: hostPoolId },
  location: { type: 'String', value: location },
  zone: { type: 'String', value: zone },
  registrationToken: { type: 'SecureString' },
})

function bodyOf({ id, name, state, error, parameters, templateLink, timestamp }: SimDeployment) {
  const failed = { code: 'DeploymentFailed', message: 'At least one resource deployment operation failed.' }
  return {
    id,
    name,
    type,
    properties: {
      mode: 'Incremental',
      provisioningState: state,
      timestamp: new Date(timestamp).toISOString(),
      templateLink,
      parameters,
      ...(error && {
        error: {
          ...failed,
          details: [
            {
              code: 'ResourceDeploymentFailure',
              message:
                "The resource write operation failed to complete successfully, because it reached terminal provisioning state 'Failed'.",
              details: [error],
            },
          ],
        },
      }),
    },
  }
}
