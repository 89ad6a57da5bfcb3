import type { Blobs } from '../../src/lib/ports/storage.ts'
import { checkBlobName } from '../../src/lib/storage/blob-name.ts'
import type { Link } from './link.ts'

/** The twin of one container, reached through any number of links. */
export function createMemoryBlobs(container: string): (link: Link) => Blobs {
  const texts = new Map<string, string>()
  return (link) => ({
    get: async (name) => {
      checkBlobName(name)
      return link.call(() => texts.get(name), `${container}.get`)
    },
    put: async (name, text) => {
      checkBlobName(name)
      // Half a surrogate pair does not survive UTF-8.
      const stored = text.toWellFormed()
      await link.call(() => texts.set(name, stored), `${container}.put`)
    },
    remove: async (name) => {
      checkBlobName(name)
      await link.call(() => texts.delete(name), `${container}.remove`)
    },
    list: (prefix) =>
      link.call(() => [...texts.keys()].filter((name) => name.startsWith(prefix)).sort(), `${container}.list`),
  })
}
