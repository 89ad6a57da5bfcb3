import type { PastOfPair } from '../model/past.ts'
import type { Kept } from './operations.ts'

/** What earlier operations tell of the pairs. Rows that cannot be read count as missing: they are figures to plan by, no truth. */
export type PastStore = {
  readonly all: () => Promise<readonly PastOfPair[]>
  readonly load: (pairId: string) => Promise<Kept<PastOfPair> | undefined>
  /** The new etag, or undefined when somebody else was first. Without `etag`: a pair that has no past yet. */
  readonly save: (past: PastOfPair, etag?: string) => Promise<string | undefined>
}
