/**
 * Answers on their way to the client. A vault with a thousand machines is listed thousands of times in one story and
 * hardly an entry differs from the time before: most of the time of a story went into writing and reading the same text.
 */
const lastings = new WeakSet<object>()

/** Promises that nobody changes this body any more; whoever tries, throws. */
export function lasting<T extends object>(body: T): T {
  if (lastings.has(body)) return body
  freeze(body)
  lastings.add(body)
  return body
}

type Page = { readonly value: readonly unknown[] }

/** A page with lasting entries, ready to be handed over as the client would have read it; undefined: send it as text. */
export function readyPage(body: unknown): Page | undefined {
  if (typeof body !== 'object' || body === null || !('value' in body) || !Array.isArray(body.value)) return undefined
  const { value } = body as Page
  return value.some((entry) => typeof entry === 'object' && entry !== null && lastings.has(entry))
    ? (body as Page)
    : undefined
}

/** As JSON has it: what is undefined would not arrive. */
function freeze(body: object): void {
  for (const [key, part] of Object.entries(body)) {
    if (part === undefined) Reflect.deleteProperty(body, key)
    else if (typeof part === 'object' && part !== null && !Object.isFrozen(part)) freeze(part)
  }
  Object.freeze(body)
}
