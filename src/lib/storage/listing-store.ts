/** Shared listings: a row for each list says who makes it and how new the newest is, a document has the list itself. */
import { createHash } from 'node:crypto'
import type { ListingKey, ListingStore } from '../ports/listings.ts'
import { unlisted } from '../ports/listings.ts'
import type { Blobs, Json, Table } from '../ports/storage.ts'
import { readListing, readListingState, writeListing } from './read-listing.ts'

const partition = 'listings'
/**
 * Documents of one list, used in turn. A reader has some turns' time between the row and the document; a process that was
 * paused right before its write overwrites something newer only if it slept through as many listings, and then the document
 * tells its age.
 */
const places = 4

export const createListingStore = (table: Table, blobs: Blobs): ListingStore => ({
  async load(key) {
    const row = await table.get(partition, rowKeyOf(key))
    return row ? { state: readListingState(row.value) ?? unlisted, etag: row.etag } : { state: unlisted }
  },
  save(key, state, etag) {
    const value = { ...state, name: key.name, of: key.of } as unknown as Record<string, Json>
    const row = { pk: partition, rk: rowKeyOf(key), value }
    return etag === undefined ? table.insert(row) : table.replace(row, etag)
  },
  async read(key, turn) {
    const text = await blobs.get(blobNameOf(key, turn))
    return text === undefined ? undefined : readListing(key, text)
  },
  put: (key, turn, listing) => blobs.put(blobNameOf(key, turn), writeListing(key, listing)),
})

/** Scopes are longer than a row key may be, in letters beyond ASCII. */
const rowKeyOf = ({ name, of }: ListingKey): string =>
  `${name}-${createHash('sha256').update(of).digest('hex').slice(0, 32)}`

const blobNameOf = (key: ListingKey, turn: number): string => `${rowKeyOf(key)}/${turn % places}.json`
