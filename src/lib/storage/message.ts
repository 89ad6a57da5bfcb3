import type { Json } from '../ports/storage.ts'

// "Azure Queue storage scalability": 64 KiB a message as sent, which is 48 KiB before base64.
const maxMessageBytes = 49_152
/** Longer waits are a chain of messages (design §6). Storage itself allows 7 days. */
const maxDelaySeconds = 6 * 3_600

/** The text of a message as the Functions host expects it: JSON in base64. Throws a RangeError above 48 KiB of JSON. */
export function encodeMessage(message: { readonly [key: string]: Json }): string {
  const bytes = Buffer.from(JSON.stringify(message), 'utf8')
  if (bytes.length > maxMessageBytes) {
    throw new RangeError(`a message has ${bytes.length} bytes, at most ${maxMessageBytes} fit`)
  }
  return bytes.toString('base64')
}

/** Whole seconds, rounded up: early would be wrong, late is not. Throws a RangeError above 6 hours. */
export function delaySeconds(delay: number): number {
  if (Number.isNaN(delay)) throw new RangeError('a message delay is not a number')
  const whole = Math.max(0, Math.ceil(delay / 1_000))
  if (whole > maxDelaySeconds) {
    throw new RangeError(`a message delay is ${whole} s, at most ${maxDelaySeconds} s are allowed`)
  }
  return whole
}
