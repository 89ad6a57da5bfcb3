/** A blob name has 1 to 1,024 characters ("Naming and referencing containers, blobs, and metadata"). */
const maxNameLength = 1_024

/**
 * The name itself. Throws a RangeError for what storage refuses or quietly changes: `\` becomes `/`, a dot or slash at the
 * end is cut off, control characters break listings.
 */
export function checkBlobName(name: string): string {
  const isBad =
    name === '' ||
    name.length > maxNameLength ||
    !name.isWellFormed() ||
    /[\\\p{Cc}]|^\/|\/\/|(^|\/)\.\.?\/|[./]$/u.test(name)
  if (isBad) throw new RangeError(`${JSON.stringify(name)} cannot be the name of a blob`)
  return name
}
