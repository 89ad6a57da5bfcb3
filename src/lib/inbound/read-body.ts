import { type ProblemCode, problem, type Reply } from './problem.ts'

export type BodyLimits = {
  readonly bytes: number
  /** Names of all objects together. */
  readonly names: number
}

/** What people ask. */
export const smallBody: BodyLimits = { bytes: 256 * 1_024, names: 1_000 }
/** Event Grid delivers up to 1 MB at once (learn.microsoft.com, "Event Grid quotas and limits"); Azure Monitor's alerts have 256 KB. */
export const gridBody: BodyLimits = { bytes: 1_024 * 1_024, names: 40_000 }
/** Nothing we are asked is nested deeper. */
const depthLimit = 20

export type Body = {
  readonly headers: Headers
  readonly body: AsyncIterable<Uint8Array> | null
}

export type ReadBody = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reply: Reply }

/** The body as JSON, or the answer that says why not. Reads no further than the limit. */
export async function readBody({ headers, body }: Body, limits: BodyLimits = smallBody): Promise<ReadBody> {
  const tooLarge = `The body is larger than ${limits.bytes / 1_024} KB.`
  if (!isJson(headers.get('content-type'))) return no(415, 'unsupportedMediaType', 'Send application/json in UTF-8.')
  if (Number(headers.get('content-length') ?? 0) > limits.bytes) return no(413, 'bodyTooLarge', tooLarge)
  const bytes = await collect(body, limits.bytes)
  if (!bytes) return no(413, 'bodyTooLarge', tooLarge)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return no(400, 'malformedBody', 'The body is not JSON in UTF-8.')
  }
  if (isTooComplex(value, limits.names))
    return no(
      400,
      'malformedBody',
      `The body is nested deeper than ${depthLimit} or has more than ${limits.names} names.`,
    )
  return { ok: true, value }
}

const no = (status: number, code: ProblemCode, detail: string): ReadBody => ({
  ok: false,
  reply: problem(status, code, detail),
})

const isJson = (contentType: string | null): boolean =>
  contentType !== null && /^\s*application\/([\w.-]+\+)?json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i.test(contentType)

async function collect(body: Body['body'], most: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.byteLength
    if (length > most) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Without recursion: the body may be nested as deep as it is long. */
function isTooComplex(value: unknown, mostNames: number): boolean {
  let level: readonly unknown[] = [value]
  let names = 0
  for (let depth = 0; level.length > 0; depth++) {
    const parents = level.filter((one): one is object => typeof one === 'object' && one !== null)
    if (parents.length > 0 && depth >= depthLimit) return true
    names += parents.reduce((sum, one) => sum + (Array.isArray(one) ? 0 : Object.keys(one).length), 0)
    if (names > mostNames) return true
    level = parents.flatMap((one) => (Array.isArray(one) ? one : Object.values(one)))
  }
  return false
}
