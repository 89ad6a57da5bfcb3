import type { TokenCredential } from '@azure/core-auth'
import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables'
import * as blob from '@azure/storage-blob'
import * as queue from '@azure/storage-queue'
import type { Endpoints, SharedKey } from './connection.ts'
import { type Around, factoryOf, policyOf } from './wire.ts'

export type Clients = {
  readonly table: (name: string) => TableClient
  readonly queue: (name: string) => queue.QueueClient
  readonly container: (name: string) => blob.ContainerClient
}

/** SDK clients that send each request once (design rule 3). `arounds` stand around every request, the first outermost. */
export function createClients(endpoints: Endpoints, arounds: readonly Around[]): Clients {
  const { credential } = endpoints
  const tableOptions = {
    retryOptions: { maxRetries: 0 },
    // Only the emulator speaks http; the SDK refuses to send tokens that way in any case.
    allowInsecureConnection: endpoints.table.startsWith('http:'),
    additionalPolicies: arounds
      .toReversed()
      .map((around, n) => ({ policy: policyOf(around, `around${n}`), position: 'perRetry' as const })),
  }
  const once = { retryOptions: { maxTries: 1 } }
  const queues = queue.newPipeline(keyed(credential, queue.StorageSharedKeyCredential), once)
  queues.factories.push(...arounds.map(factoryOf))
  const blobs = blob.newPipeline(keyed(credential, blob.StorageSharedKeyCredential), once)
  blobs.factories.push(...arounds.map(factoryOf))
  return {
    table: (name) =>
      isKey(credential)
        ? new TableClient(
            endpoints.table,
            name,
            new AzureNamedKeyCredential(credential.accountName, credential.accountKey),
            tableOptions,
          )
        : new TableClient(endpoints.table, name, credential, tableOptions),
    queue: (name) => new queue.QueueClient(`${endpoints.queue}/${name}`, queues),
    container: (name) => new blob.ContainerClient(`${endpoints.blob}/${name}`, blobs),
  }
}

const isKey = (credential: Endpoints['credential']): credential is SharedKey => 'accountKey' in credential

const keyed = <C>(
  credential: Endpoints['credential'],
  SharedKeyCredential: new (name: string, key: string) => C,
): C | TokenCredential =>
  isKey(credential) ? new SharedKeyCredential(credential.accountName, credential.accountKey) : credential
