/** What a script inside the guest may have written of FSLogix. Nothing of ours runs there, so without it nobody can tell. */

const tagName = 'avd-dr-fslogix'

/** The tag's JSON object; undefined where there is none, or none that can be read. */
export function fslogixOf(tags: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> | undefined {
  // Names of tags are compared without letter case (tag resources, learn.microsoft.com).
  const text = Object.entries(tags).find(([name]) => name.toLowerCase() === tagName)?.[1]
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
