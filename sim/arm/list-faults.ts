/** What lists of real services do now and then (fault matrix F21). */
export const listFaults = ['pageRepeated', 'pageEmpty', 'entryTwice', 'entryMissing'] as const
export type ListFault = (typeof listFaults)[number]

/** Which entries of a list a page has, and where the next one begins; undefined: it is the last. */
export type PageCut = { readonly from: number; readonly to: number; readonly next?: number }

/**
 * The page a fault makes of a true one: it is followed by itself; it has nothing, and its entries come on the next one;
 * its last entry comes again on the next one; the first entry of the next one is on neither. Undefined when there is
 * nothing for it to bite on: what is not cut into pages loses no entry between them.
 */
export function spoil(fault: ListFault, { from, to, next }: PageCut): PageCut | undefined {
  switch (fault) {
    case 'pageRepeated':
      return { from, to, next: from }
    case 'pageEmpty':
      return { from, to: from, next: from }
    case 'entryTwice':
      return next === undefined || next - 1 <= from ? undefined : { from, to, next: next - 1 }
    case 'entryMissing':
      return next === undefined ? undefined : { from, to, next: next + 1 }
  }
}

/** The one that strikes, if any; one page has one of them at most. */
export const drawListFault = (drawn: (fault: ListFault) => boolean): ListFault | undefined =>
  listFaults.find((fault) => drawn(fault))
