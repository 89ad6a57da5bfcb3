/** Which job an accepted action of Site Recovery has begun. */
import type { PipelineResponse } from '@azure/core-rest-pipeline'
import type { Answer } from '../core/fault.ts'

/** The operation's id is the job's name. Only the name is kept: whoever stores the address would send the token there. */
export function jobOf(answer: Answer<PipelineResponse>): Answer<{ readonly job?: string }> {
  if (answer.kind !== 'ok') return answer
  const { headers } = answer.value
  const places = [headers.get('x-ms-request-id'), headers.get('azure-asyncoperation')]
  const job = places.map((place) => jobName.exec(place ?? '')?.[1]).find((name) => name !== undefined)
  return { kind: 'ok', value: job === undefined ? {} : { job } }
}

const jobName = /\/(?:replicationJobs|replicationOperationStatus)\/([\w-]+)(?:[?/]|$)/i
