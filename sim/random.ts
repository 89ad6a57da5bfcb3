import type { Random } from './arm/types.ts'

/**
 * A seeded generator (mulberry32, public domain, 32 bits of state): the same seed gives the same world.
 * `fork(label)` depends on the seed and the label alone, so the same label gives the same generator again.
 */
export function createRandom(seed: number | string): Random {
  const origin = hash(String(seed))
  let state = origin
  const bits = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const next = () => bits() / 2 ** 32

  return {
    next,
    between: (low, high) => low + (high - low) * (bits() / (2 ** 32 - 1)),
    pick(items) {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    // Always draws, so that a probability of 0 leaves the rest of the world as it was.
    chance: (probability) => next() < probability,
    fork: (label) => createRandom(`${origin}/${label}`),
    uuid: () => uuidOf([bits(), bits(), bits(), bits()]),
  }
}

/** FNV-1a, 32 bits, with a final avalanche so that seeds 1 and 2 are not neighbours. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

/** Version 4, variant 1 (RFC 9562). */
function uuidOf(words: readonly number[]): string {
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
