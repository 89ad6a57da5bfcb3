import type { TokenCredential } from '@azure/core-auth'

export type SharedKey = { readonly accountName: string; readonly accountKey: string }

/** How the app finds its storage: a connection string, or an identity with the account's name or its addresses. */
export type StorageConnection =
  | { readonly connectionString: string }
  | { readonly accountName: string; readonly credential: TokenCredential }
  | {
      readonly tableUri: string
      readonly queueUri: string
      readonly blobUri: string
      readonly credential: TokenCredential
    }

/** Addresses without a slash at the end. */
export type Endpoints = {
  readonly table: string
  readonly queue: string
  readonly blob: string
  readonly credential: TokenCredential | SharedKey
}

/** Throws an Error naming what the connection lacks; never shows the key. */
export function endpointsOf(connection: StorageConnection): Endpoints {
  if ('connectionString' in connection) return parseConnectionString(connection.connectionString)
  const { credential } = connection
  if ('accountName' in connection) {
    const address = (service: string) => `https://${connection.accountName}.${service}.core.windows.net`
    return { table: address('table'), queue: address('queue'), blob: address('blob'), credential }
  }
  const { tableUri, queueUri, blobUri } = connection
  return { table: bare(tableUri), queue: bare(queueUri), blob: bare(blobUri), credential }
}

/** "Configure Azure Storage connection strings", learn.microsoft.com; account keys only, no shared access signatures. */
function parseConnectionString(text: string): Endpoints {
  const parts = new Map(
    text
      .split(';')
      .filter((part) => part.includes('='))
      .map((part) => [part.slice(0, part.indexOf('=')).trim().toLowerCase(), part.slice(part.indexOf('=') + 1).trim()]),
  )
  const [accountName, accountKey] = [parts.get('accountname'), parts.get('accountkey')]
  if (!accountName || !accountKey) {
    throw new Error('the storage connection string needs AccountName and AccountKey')
  }
  const address = (service: string) => {
    const host = `${accountName}.${service}.${parts.get('endpointsuffix') ?? 'core.windows.net'}`
    return bare(parts.get(`${service}endpoint`) ?? `${parts.get('defaultendpointsprotocol') ?? 'https'}://${host}`)
  }
  const credential = { accountName, accountKey }
  return { table: address('table'), queue: address('queue'), blob: address('blob'), credential }
}

const bare = (uri: string): string => uri.replace(/\/+$/, '')
