import { type ProblemCode, problem, type Reply } from './problem.ts'

/** Bytes. Azure Monitor's alerts, the largest callers to come, are capped at the same size. */
export const bodyLimit = 256 * 1_024
/** Nothing we are asked is nested deeper, or has more names in it. */
const depthLimit = 20
const nameLimit = 1_000

export type Body = {
  readonly headers: Headers
  readonly body: AsyncIterable<Uint8Array> | null
}

export type ReadBody = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reply: Reply }

/** The body as JSON, or the answer that says why not. Reads no further than the limit. */
export async function readBody({ headers, body }: Body): Promise<ReadBody> {
  if (!isJson(headers.get('content-type'))) return no(415, 'unsupportedMediaType', 'Send application/json in UTF-8.')
  if (Number(headers.get('content-length') ?? 0) > bodyLimit) return no(413, 'bodyTooLarge', tooLarge)
  const bytes = await collect(body)
  if (!bytes) return no(413, 'bodyTooLarge', tooLarge)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return no(400, 'malformedBody', 'The body is not JSON in UTF-8.')
  }
  if (isTooComplex(value))
    return no(400, 'malformedBody', `The body is nested deeper than ${depthLimit} or has more than ${nameLimit} names.`)
  return { ok: true, value }
}

const tooLarge = `The body is larger than ${bodyLimit / 1_024} KB.`

const no = (status: number, code: ProblemCode, detail: string): ReadBody => ({
  ok: false,
  reply: problem(status, code, detail),
})

const isJson = (contentType: string | null): boolean =>
  contentType !== null && /^\s*application\/([\w.-]+\+)?json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i.test(contentType)

async function collect(body: Body['body']): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.byteLength
    if (length > bodyLimit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Without recursion: the body may be nested as deep as it is long. */
function isTooComplex(value: unknown): boolean {
  let level: readonly unknown[] = [value]
  let names = 0
  for (let depth = 0; level.length > 0; depth++) {
    const parents = level.filter((one): one is object => typeof one === 'object' && one !== null)
    if (parents.length > 0 && depth >= depthLimit) return true
    names += parents.reduce((sum, one) => sum + (Array.isArray(one) ? 0 : Object.keys(one).length), 0)
    if (names > nameLimit) return true
    level = parents.flatMap((one) => (Array.isArray(one) ? one : Object.values(one)))
  }
  return false
}
