import type { ContainerClient } from '@azure/storage-blob'
import type { Blobs } from '../ports/storage.ts'
import { checkBlobName } from './blob-name.ts'
import { callStorage, codeOf, type Deadline, realDeadline } from './call.ts'

/** The port over Azure Blob storage. The client must not retry by itself (`retryOptions: { maxTries: 1 }`). */
export function createAzureBlobs(client: ContainerClient, deadline: Deadline = realDeadline): Blobs {
  const call = <T>(what: string, request: (abortSignal: AbortSignal) => Promise<T>) =>
    callStorage(`${what} container ${client.containerName}`, deadline, request)
  return {
    async get(name) {
      const blob = client.getBlockBlobClient(checkBlobName(name))
      try {
        return await call('get from', async (abortSignal) =>
          textOf(await blob.download(0, undefined, { abortSignal, maxRetryRequests: 0 })),
        )
      } catch (error) {
        if (codeOf(error) === 'BlobNotFound') return undefined
        throw error
      }
    },
    async put(name, text) {
      const blob = client.getBlockBlobClient(checkBlobName(name))
      const length = Buffer.byteLength(text, 'utf8')
      const blobHTTPHeaders = { blobContentType: 'text/plain; charset=utf-8' }
      // As it is: an inventory of ten thousand machines is 15 MB, and a copy of it would stay until it is collected.
      await call('put into', (abortSignal) => blob.upload(text, length, { abortSignal, blobHTTPHeaders }))
    },
    async remove(name) {
      const blob = client.getBlockBlobClient(checkBlobName(name))
      await call('remove from', (abortSignal) => blob.deleteIfExists({ abortSignal }))
    },
    async list(prefix) {
      const names: string[] = []
      let continuationToken: string | undefined
      do {
        const page = await call('list', async (abortSignal) => {
          const pages = client.listBlobsFlat({ prefix, abortSignal })
          for await (const first of pages.byPage({ ...(continuationToken && { continuationToken }) })) return first
          return undefined
        })
        names.push(...(page?.segment.blobItems ?? []).map(({ name }) => name))
        continuationToken = page?.continuationToken
      } while (continuationToken)
      return names.sort()
    },
  }
}

/** Put in its place as it comes: an inventory of ten thousand machines is 20 MB, and all pieces and the whole would be twice that. */
async function textOf({ readableStreamBody, contentLength = 0 }: Downloaded): Promise<string> {
  let whole = Buffer.allocUnsafe(contentLength)
  let length = 0
  for await (const piece of readableStreamBody ?? []) {
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(piece)
    if (length + bytes.length > whole.length) whole = Buffer.concat([whole.subarray(0, length), bytes])
    else bytes.copy(whole, length)
    length += bytes.length
  }
  return whole.toString('utf8', 0, length)
}

type Downloaded = { readonly readableStreamBody?: NodeJS.ReadableStream; readonly contentLength?: number }
