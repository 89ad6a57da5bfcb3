import { type Instant, isoOf } from '../../src/lib/core/time.ts'
import type { RpcTypedData } from './core-types.ts'
import type { QueueMessage } from './queue-source.ts'

export type Decoded =
  | { readonly kind: 'text'; readonly text: string }
  /** Not base64: the host's storage client never hands it over. */
  | { readonly kind: 'undecodable' }
  /** base64 of bytes that are not UTF-8: the host's binding fails. */
  | { readonly kind: 'notUtf8' }

export function decodeMessage(raw: string, encoding: 'base64' | 'none'): Decoded {
  if (encoding === 'none') return { kind: 'text', text: raw }
  // .NET allows white space between the characters and insists on the padding.
  const compact = raw.replace(/[ \t\r\n]/g, '')
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return { kind: 'undecodable' }
  try {
    return { kind: 'text', text: strictUtf8.decode(Buffer.from(compact, 'base64')) }
  } catch {
    return { kind: 'notUtf8' }
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** triggerMetadata as the host sends it: its own keys, and every top-level property of a JSON object that clashes with none. */
export function queueMetadata(message: QueueMessage, text: string): Record<string, RpcTypedData> {
  const own: Record<string, RpcTypedData> = {
    QueueTrigger: { string: text },
    Id: { string: message.id },
    PopReceipt: { string: message.popReceipt },
    DequeueCount: { int: message.dequeueCount },
    InsertionTime: { string: withOffset(message.insertedAt) },
    ExpirationTime: { string: withOffset(message.expiresAt) },
    NextVisibleTime: { string: withOffset(message.nextVisibleAt) },
  }
  const taken = new Set(Object.keys(own).map((key) => key.toLowerCase()))
  const properties = Object.entries(jsonObject(text)).filter(([key]) => !taken.has(key.toLowerCase()))
  return { ...own, ...Object.fromEntries(properties.map(([key, value]) => [key, typed(value)])) }
}

const withOffset = (at: Instant): string => isoOf(at).replace('Z', '+00:00')

function jsonObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}

function typed(value: unknown): RpcTypedData {
  return typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) }
}
