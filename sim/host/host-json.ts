import { readFileSync } from 'node:fs'
import { type Millis, minutes } from '../../src/lib/core/time.ts'
import { readTimeSpan } from './time-span.ts'

export type QueueSettings = {
  readonly batchSize: number
  readonly newBatchThreshold: number
  readonly maxDequeueCount: number
  readonly visibilityTimeout: Millis
  readonly maxPollingInterval: Millis
  readonly messageEncoding: 'base64' | 'none'
}
export type HostSettings = {
  readonly routePrefix: string
  /** Infinity when unbounded. */
  readonly functionTimeout: Millis
  readonly queues: QueueSettings
}

/** The file's path, or its content as an object. Throws an error that names the setting. */
export function readHostJson(source: string | object | undefined, cores: number): HostSettings {
  const json = part(typeof source === 'string' ? JSON.parse(readFileSync(source, 'utf8')) : source)
  const extensions = part(json.extensions)
  const routePrefix = part(extensions.http).routePrefix ?? 'api'
  if (typeof routePrefix !== 'string') throw new Error('extensions.http.routePrefix is not a text.')
  return {
    routePrefix: routePrefix.replace(/^\/|\/$/g, ''),
    functionTimeout: timeoutOf(json.functionTimeout),
    queues: queueSettings(part(extensions.queues), cores),
  }
}

type Part = Readonly<Record<string, unknown>>
const part = (value: unknown): Part => (typeof value === 'object' && value !== null ? (value as Part) : {})

/** Consumption plan (learn.microsoft.com, Functions scale and hosting): the shortest of the plans. */
const defaultFunctionTimeout = minutes(5)

function timeoutOf(value: unknown): Millis {
  if (value === '-1') return Number.POSITIVE_INFINITY
  return timeSpan(value, 'functionTimeout', defaultFunctionTimeout)
}

/** Limits and defaults: QueuesOptions of the queue extension 5.3. */
function queueSettings(json: Part, cores: number): QueueSettings {
  const batchSize = wholeNumber(json.batchSize, 'batchSize', 16, 1, 32)
  const messageEncoding = json.messageEncoding ?? 'base64'
  if (messageEncoding !== 'base64' && messageEncoding !== 'none') {
    throw new Error('extensions.queues.messageEncoding is neither "base64" nor "none".')
  }
  const maxPollingInterval = timeSpan(json.maxPollingInterval, 'maxPollingInterval', minutes(1))
  if (maxPollingInterval < 100) throw new Error('extensions.queues.maxPollingInterval is below 100 ms.')
  return {
    batchSize,
    newBatchThreshold: wholeNumber(json.newBatchThreshold, 'newBatchThreshold', Math.trunc(batchSize / 2) * cores, 0),
    maxDequeueCount: wholeNumber(json.maxDequeueCount, 'maxDequeueCount', 5, 1),
    visibilityTimeout: timeSpan(json.visibilityTimeout, 'visibilityTimeout', 0),
    maxPollingInterval,
    messageEncoding,
  }
}

function wholeNumber(value: unknown, name: string, fallback: number, low: number, high = 2 ** 31 - 1): number {
  if (value === undefined) return fallback
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value
  throw new Error(`extensions.queues.${name} is not a whole number from ${low} to ${high}.`)
}

function timeSpan(value: unknown, name: string, fallback: Millis): Millis {
  if (value === undefined) return fallback
  if (typeof value === 'string') return readTimeSpan(value, name)
  throw new Error(`${name} is not a time span such as "00:05:00".`)
}
