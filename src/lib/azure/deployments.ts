/** Deployments of template specs into a resource group, Microsoft.Resources api-version 2025-04-01, by plain requests. */
import { parseArmId } from '../core/arm-id.ts'
import type { Deployment } from '../model/azure.ts'
import type { Deployments } from '../ports/gateways.ts'
import { done, readAs } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { faultOfOperationError } from './fault-of.ts'
import { misnamed } from './outcomes.ts'
import { list, record, text, type Wire } from './wire.ts'

/** The rights this gateway needs. What the template makes takes rights of its own. */
export const actions: readonly string[] = [
  'Microsoft.Resources/deployments/read',
  'Microsoft.Resources/deployments/write',
  'Microsoft.Resources/templateSpecs/versions/read',
]

const version = 'api-version=2025-04-01'

export function createDeployments({ calls, get, put }: Pick<AzureClients, 'calls' | 'get' | 'put'>): Deployments {
  return {
    async deployment(id) {
      const place = placeOf(id)
      if (!place) return misnamed(id)
      const read = await calls.one(() => get(place.subscription, place.path))
      // Resource Manager says the same 404 of a resource group that is gone, by another code.
      if (read.kind === 'refused' && /^DeploymentNotFound$/i.test(read.fault.azureCode ?? ''))
        return { kind: 'ok', value: undefined }
      return readAs(read, 'The deployment', deploymentOf)
    },
    async deploy(id, templateId, parameters, fence) {
      const place = placeOf(id)
      if (!place) return misnamed(id)
      const values = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { value }]))
      const body = { properties: { mode: 'Incremental', templateLink: { id: templateId }, parameters: values } }
      return done(await calls.write(fence, () => put(place.subscription, place.path, body)))
    },
  }
}

/** Names as Resource Manager allows them (Deployments - Create Or Update). */
const deploymentName = /^[-\w.()]{1,64}$/

function placeOf(id: string): { readonly subscription: string; readonly path: string } | undefined {
  const parsed = parseArmId(id)
  if (!parsed || !deploymentName.test(parsed.name)) return undefined
  const { subscription, resourceGroup, name } = parsed
  const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`
  return { subscription, path: `${group}/providers/Microsoft.Resources/deployments/${name}?${version}` }
}

function deploymentOf(value: unknown): Deployment | undefined {
  const properties = record(record(value)?.properties)
  const state = text(properties?.provisioningState)
  if (!properties || state === undefined) return undefined
  if (/^succeeded$/i.test(state)) return { state: 'succeeded' }
  if (!/^(failed|canceled)$/i.test(state)) return { state: 'running' }
  const { code, message } = innermost(record(properties.error))
  return { state: 'failed', fault: faultOfOperationError(code, withoutTokens(message ?? `The deployment ${state}`)) }
}

/** The outer codes say `DeploymentFailed` and `ResourceDeploymentFailure`; why is in their details. */
function innermost(error: Wire | undefined, depth = 0): { readonly code?: string; readonly message?: string } {
  const inner = record(list(error?.details)[0])
  if (inner && text(inner.code) !== undefined && depth < 5) return innermost(inner, depth + 1)
  const [code, message] = [text(error?.code), text(error?.message)]
  return { ...(code !== undefined && { code }), ...(message !== undefined && { message: message.slice(0, 500) }) }
}

/** A template that writes its parameters into an error must not bring them into our rows: registration tokens are JSON Web Tokens. */
const withoutTokens = (message: string): string => message.replace(/eyJ[\w.-]{8,}/g, '(a token)')
