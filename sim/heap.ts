/** What is due at a moment; `order` decides between two of the same moment. */
export type Timed = { readonly when: number; readonly order: number }

export type Heap<T> = {
  readonly push: (item: T) => void
  readonly peek: () => T | undefined
  readonly pop: () => T | undefined
  readonly size: () => number
}

/** A binary heap with the earliest item on top. */
export function createHeap<T extends Timed>(): Heap<T> {
  const items: T[] = []
  return {
    push(item) {
      items.push(item)
      rise(items, items.length - 1)
    },
    peek: () => items[0],
    pop() {
      const top = items[0]
      const last = items.pop()
      if (last !== undefined && items.length > 0) {
        items[0] = last
        sink(items, 0)
      }
      return top
    },
    size: () => items.length,
  }
}

const isBefore = (a: Timed, b: Timed) => a.when < b.when || (a.when === b.when && a.order < b.order)

function rise<T extends Timed>(items: T[], start: number): void {
  let at = start
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!swapIfBefore(items, at, parent)) return
    at = parent
  }
}

function sink<T extends Timed>(items: T[], start: number): void {
  let at = start
  for (;;) {
    const left = 2 * at + 1
    const right = left + 1
    const [a, b] = [items[left], items[right]]
    if (a === undefined) return
    const child = b !== undefined && isBefore(b, a) ? right : left
    if (!swapIfBefore(items, child, at)) return
    at = child
  }
}

function swapIfBefore<T extends Timed>(items: T[], first: number, second: number): boolean {
  const [a, b] = [items[first], items[second]]
  if (a === undefined || b === undefined || !isBefore(a, b)) return false
  items[first] = b
  items[second] = a
  return true
}
