import type { SimResponse } from './types.ts'

/** The envelope of Resource Manager and of most providers. */
export function failure(status: number, code: string, message: string, headers?: Record<string, string>): SimResponse {
  return { status, body: { error: { code, message } }, ...(headers ? { headers } : {}) }
}

/** Marks an answer that Resource Manager gave itself, without asking a provider (recorded traffic). */
const fromGateway = { 'x-ms-failure-cause': 'gateway' }

export const gatewayFailure = (status: number, code: string, message: string): SimResponse =>
  failure(status, code, message, fromGateway)

/** `type` is `Microsoft.Compute/virtualMachines`; `name` is the resource's own, nested names joined by `/`. */
export const resourceNotFound = (type: string, name: string, resourceGroup: string): SimResponse =>
  gatewayFailure(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  )

export const resourceGroupNotFound = (name: string): SimResponse =>
  gatewayFailure(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`)

export const conflict = (): SimResponse =>
  failure(409, 'Conflict', 'The request failed due to conflict with a concurrent request.')
