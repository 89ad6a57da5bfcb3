/** A key is at most 1 KiB, which is 512 UTF-16 characters ("Understanding the Table service data model"). */
const maxKeyLength = 512

/**
 * A key as Table storage accepts it: letters, digits, `-`, `_` and `.` stay, every other character becomes its UTF-8
 * bytes as `!2F`. Stricter than the service's own list (`/ \ # ?` and control characters), because quotes, blanks, `%` and
 * characters beyond ASCII are mangled by some way a key travels: URLs, the body of a transaction, continuation headers.
 * Throws a RangeError for a key that is empty, too long or not well-formed text.
 */
export function encodeKey(key: string): string {
  if (key === '') throw new RangeError('a table key must not be empty')
  if (!key.isWellFormed()) throw new RangeError(`table key ${JSON.stringify(key)} is not well-formed text`)
  const encoded = encodeURIComponent(key)
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%', '!')
  if (encoded.length <= maxKeyLength) return encoded
  throw new RangeError(
    `table key ${JSON.stringify(key)} takes ${encoded.length} characters, at most ${maxKeyLength} fit`,
  )
}

/** The inverse of `encodeKey`; undefined when the stored key is not one of ours. */
export function decodeKey(stored: string): string | undefined {
  try {
    const key = decodeURIComponent(stored.replaceAll('%', '%25').replaceAll('!', '%'))
    return encodeKey(key) === stored ? key : undefined
  } catch {
    return undefined
  }
}
