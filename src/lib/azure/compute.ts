/** Virtual machines, api-version 2026-04-01. */
import type { PipelineResponse } from '@azure/core-rest-pipeline'
import { parseArmId } from '../core/arm-id.ts'
import type { Answer, Fault } from '../core/fault.ts'
import type { PowerState } from '../model/azure.ts'
import type { Compute, Fence } from '../ports/gateways.ts'
import { done, listAs, readAllAs, readAs } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { faultOfOperation, powerEntryOf, quotaOf, vmOf } from './compute-shapes.ts'
import { misnamed } from './outcomes.ts'
import { pagesOf } from './pages.ts'

/** The rights this gateway needs. Changing tags through Compute takes the right to write the VM. */
export const actions: readonly string[] = [
  'Microsoft.Compute/locations/operations/read',
  'Microsoft.Compute/locations/usages/read',
  'Microsoft.Compute/virtualMachines/assessPatches/action',
  'Microsoft.Compute/virtualMachines/deallocate/action',
  'Microsoft.Compute/virtualMachines/installPatches/action',
  'Microsoft.Compute/virtualMachines/instanceView/read',
  'Microsoft.Compute/virtualMachines/read',
  'Microsoft.Compute/virtualMachines/start/action',
  'Microsoft.Compute/virtualMachines/write',
]

const installation = {
  maximumDuration: 'PT2H',
  rebootSetting: 'IfRequired',
  windowsParameters: { classificationsToInclude: ['Critical', 'Security'] },
}

/** Lists are read as they come: the client takes apart each field of thousands of machines, for the few that are kept. */
const vmsAt = 'Microsoft.Compute/virtualMachines?api-version=2026-04-01'

type Azure = Pick<AzureClients, 'compute' | 'calls' | 'get'>
type Client = ReturnType<AzureClients['compute']>

export function createCompute(azure: Azure): Compute {
  const { compute, calls } = azure
  return {
    ...writesOf(azure),
    powerStates: (subscription) => powerStates(azure, subscription),
    operationFault: (vmId, operation) => operationFault(azure, vmId, operation),
    async vms(subscription, resourceGroup) {
      const path = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/${vmsAt}`
      return listAs(calls, () => pagesOf(azure.get, subscription, path), 'A VM', vmOf)
    },
    async vm(vmId) {
      const id = parseArmId(vmId)
      if (!id) return misnamed(vmId)
      const { virtualMachines } = compute(id.subscription)
      const get = () => virtualMachines.get(id.resourceGroup, id.name, { expand: 'instanceView' })
      return readAs(await calls.one(get), 'The VM', vmOf)
    },
    async quotas(subscription, location) {
      const { usage } = compute(subscription)
      return readAllAs(await calls.all(() => usage.list(location).byPage()), 'A quota', quotaOf)
    },
  }
}

/** One costly read for the whole subscription instead of one per VM (Compute throttling limits). */
async function powerStates({ get, calls }: Azure, subscription: string): Promise<Answer<Map<string, PowerState>>> {
  const path = `/subscriptions/${subscription}/providers/${vmsAt}&statusOnly=true`
  const pages = () => pagesOf(get, subscription, path)
  const entries = await listAs(calls, pages, 'The power state of a VM', powerEntryOf)
  return entries.kind === 'ok' ? { kind: 'ok', value: new Map(entries.value) } : entries
}

/** `…/locations/<location>/operations/<id>`: only these two are kept, so that no stored row can send a token anywhere. */
const operationPath = /\/locations\/([a-z0-9]{1,40})\/operations\/([a-z0-9-]{1,64})(?:\?|$)/i
const operationName = /^[a-z0-9]{1,40}\/[a-z0-9-]{1,64}$/i

function begunOperation(answer: Answer<PipelineResponse>): Answer<{ readonly operation?: string }> {
  if (answer.kind !== 'ok') return answer
  const [, location, id] = operationPath.exec(answer.value.headers.get('azure-asyncoperation') ?? '') ?? []
  return { kind: 'ok', value: location && id ? { operation: `${location}/${id}` } : {} }
}

async function operationFault(
  { calls, get }: Azure,
  vmId: string,
  operation: string,
): Promise<Answer<Fault | undefined>> {
  const id = parseArmId(vmId)
  if (!id || !operationName.test(operation)) return misnamed(operation)
  const [location, name] = operation.split('/')
  const path = `/subscriptions/${id.subscription}/providers/Microsoft.Compute/locations/${location}/operations/${name}`
  const read = await calls.one(() => get(id.subscription, `${path}?api-version=2026-04-01`))
  return read.kind === 'ok' ? { kind: 'ok', value: faultOfOperation(read.value) } : read
}

function writesOf({
  compute,
  calls,
}: Azure): Pick<Compute, 'start' | 'deallocate' | 'assessPatches' | 'installPatches' | 'setTags'> {
  /** Only the request itself is sent: `submitted` does not poll, awaiting the poller would. */
  const write = async (
    vmId: string,
    fence: Fence,
    begin: (vms: Client['virtualMachines'], group: string, name: string) => { submitted: () => Promise<void> },
  ): Promise<Answer<PipelineResponse>> => {
    const id = parseArmId(vmId)
    if (!id) return misnamed(vmId)
    const { virtualMachines } = compute(id.subscription)
    return calls.write(fence, () => begin(virtualMachines, id.resourceGroup, id.name).submitted())
  }
  const plain = async (...call: Parameters<typeof write>) => done(await write(...call))
  return {
    start: async (vmId, fence) =>
      begunOperation(await write(vmId, fence, (vms, group, name) => vms.start(group, name))),
    deallocate: (vmId, fence) => plain(vmId, fence, (vms, group, name) => vms.deallocate(group, name)),
    assessPatches: (vmId, fence) => plain(vmId, fence, (vms, group, name) => vms.assessPatches(group, name)),
    installPatches: (vmId, fence) =>
      plain(vmId, fence, (vms, group, name) => vms.installPatches(group, name, installation)),
    setTags: (vmId, tags, fence) =>
      plain(vmId, fence, (vms, group, name) => vms.update(group, name, { tags: { ...tags } })),
  }
}
