/** Another process that is configured by its environment alone: real identity, real SDK client, real TLS. */
import { ComputeManagementClient } from '@azure/arm-compute'
import { ManagedIdentityCredential } from '@azure/identity'

const endpoint = process.env.ARM_ENDPOINT ?? ''
const client = new ComputeManagementClient(new ManagedIdentityCredential(), '11111111-1111-4111-8111-111111111111', {
  endpoint,
  retryOptions: { maxRetries: 0 },
})
const vm = await client.virtualMachines.get('rg', 'vm-1', { expand: 'instanceView' })
await client.virtualMachines.start('rg', 'vm-1')
const refused = await client.virtualMachines.get('rg', 'vm-reset').catch((error: { code?: string }) => error)
console.log(JSON.stringify({ vm: vm.name, location: vm.location, refused: (refused as { code?: string }).code }))
