import { failure } from './answers.ts'
import { itemBody } from './site-recovery-item-body.ts'
import { type AsrJob, findJob } from './site-recovery-job.ts'
import {
  capital,
  containerPath,
  itemPath,
  itemType,
  vaultPath,
  vaultType,
  withVault,
} from './site-recovery-resource.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

/** Real `t/c/s/h` parameters make the polling URLs about 4 KB long. */
const signature = `&c=${'MIIHpTCCBo2gAwIBAgITOgTo'.repeat(140)}&s=${'h5pQ2'.repeat(68)}&h=${'kZ0'.repeat(14)}`

/** 202 of an accepted action: the operation's id is the job's, `x-ms-request-id` is the job's ARM id (recorded). */
export function acceptedJob(request: SimRequest, sim: Sim, job: AsrJob): SimResponse {
  const { item } = job
  const vault = capital(item.vault)
  const query = `?api-version=${request.query['api-version']}&t=${encodeURIComponent(new Date(sim.now()).toISOString().slice(0, 19))}${signature}`
  const place =
    job.scenario === 'SwitchReplicationGroupProtection' ? containerIdOf(item.id) : capital(job.plan?.id ?? item.id)
  return {
    status: 202,
    headers: {
      'azure-asyncoperation': `${sim.origin}${vault}/replicationOperationStatus/${job.id}${query}`,
      location: `${sim.origin}${place}/operationresults/${job.id}${query}`,
      'retry-after': '30',
      'x-ms-request-id': `${vault}/replicationJobs/${job.id}`,
      'cache-control': 'no-cache',
      pragma: 'no-cache',
      expires: '-1',
    },
  }
}

export const operationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${vaultPath}/replicationOperationStatus/{job}`,
    bucket: 'reads',
    action: `${vaultType}/replicationOperationStatus/read`,
    handle: withVault((_request, vault, sim, { job = '' }) => {
      const found = findJob(sim, vault.id, job)
      return found ? { status: 200, body: statusBody(found) } : unknown(job)
    }),
  },
  results(`${itemPath}/operationresults/{job}`, `${itemType}/operationresults/read`),
  results(`${containerPath}/operationresults/{job}`, `${vaultType}/operationresults/read`),
]

/** What `Location` answers in the end was not recorded; the spec says 200 with the item. */
function results(path: string, action: string): Route {
  const handle = withVault((request, vault, sim, { job = '' }) => {
    const found = findJob(sim, vault.id, job)
    if (!found) return unknown(job)
    if (!found.end) return acceptedJob(request, sim, found)
    return { status: 200, body: itemBody(sim, found.item, 'get') }
  })
  return { method: 'GET', path, bucket: 'reads', action, handle }
}

/** Recorded: `endTime` is cut to whole seconds. */
function statusBody({ id, startedAt, end }: AsrJob) {
  const status = end?.state === 'Cancelled' ? 'Canceled' : (end?.state ?? 'InProgress')
  return {
    error: end?.error ?? null,
    id: null,
    name: id,
    properties: null,
    status,
    startTime: new Date(startedAt).toISOString().replace('Z', '6931Z'),
    endTime: end ? new Date(end.at).toISOString().replace(/\.\d+Z$/, '.0000000Z') : null,
    percentComplete: null,
  }
}

const unknown = (job: string): SimResponse => failure(404, 'OperationNotFound', `The operation '${job}' was not found.`)

const containerIdOf = (itemId: string): string => capital(itemId.replace(/\/replicationProtectedItems\/.*$/i, ''))
