/** Lengths of time as people write them: `10 min`, `1 s`, `2 h 30 min`, `500 ms`, or ISO 8601 `PT10M`. */
import { hours, type Millis, minutes, seconds } from '../core/time.ts'

/** Nothing in a plan lasts longer. */
const longest = hours(24 * 366)
const longestText = 40

/** Undefined when the text is not a length of time. */
export function parseDuration(text: string): Millis | undefined {
  if (text.length > longestText) return undefined
  const length = parseWords(text) ?? parseIso(text)
  return length !== undefined && length <= longest ? length : undefined
}

/** As a plan would have it, exact: `2 h 30 min`, `0 s`. */
export function writeDuration(length: Millis): string {
  const parts = units.map(({ name, size }, i) => {
    const larger = units[i - 1]?.size
    const count = Math.floor((larger ? length % larger : length) / size)
    return count > 0 ? [`${count} ${name}`] : []
  })
  return parts.flat().join(' ') || '0 s'
}

const units = [
  { name: 'd', pattern: /^(d|days?)$/, size: hours(24) },
  { name: 'h', pattern: /^(h|hours?)$/, size: hours(1) },
  { name: 'min', pattern: /^(min|minutes?)$/, size: minutes(1) },
  { name: 's', pattern: /^(s|seconds?)$/, size: seconds(1) },
  { name: 'ms', pattern: /^ms$/, size: 1 },
]

/** Larger units first, each once: `30 min 2 h` and `1 h 1 h` are slips, not lengths. */
function parseWords(text: string): Millis | undefined {
  if (!/^(\d{1,9} ?[a-z]+)( \d{1,9} ?[a-z]+)*$/.test(text)) return undefined
  let length = 0
  let next = 0
  for (const [, count, word = ''] of text.matchAll(/(\d+) ?([a-z]+)/g)) {
    const found = units.findIndex(({ pattern }) => pattern.test(word))
    const unit = units[found]
    if (!unit || found < next) return undefined
    next = found + 1
    length += Number(count) * unit.size
  }
  return length
}

/** ISO 8601 durations without years and months, whose lengths differ. */
function parseIso(text: string): Millis | undefined {
  const match = /^P(?=\d|T\d)(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/.exec(text)
  if (!match) return undefined
  const [days = 0, h = 0, min = 0, s = 0] = match.slice(1).map((part) => Number(part ?? 0))
  return hours(24 * days + h) + minutes(min) + seconds(s)
}
