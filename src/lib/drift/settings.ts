/** Two things that should be alike, by Azure's names of properties. */

type Settings = Readonly<Record<string, string>>

/**
 * Names of what differs, sorted. Azure leaves out in one place what it tells as empty in another: missing, empty, `null`
 * and `[]` are alike.
 */
export function differing(a: Settings, b: Settings): readonly string[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  return names.filter((name) => settingOf(a, name) !== settingOf(b, name))
}

/** `name "here" against "there"`, each shortened: what is long is mostly alike, and evidence is one sentence. */
export const comparison = (name: string, here: Settings, there: Settings): string =>
  `${name} ${quoted(settingOf(here, name))} against ${quoted(settingOf(there, name))}`

const longest = 80
const quoted = (value: string): string =>
  value === '' ? 'nothing' : `"${value.length > longest ? `${value.slice(0, longest)}…` : value}"`

const empty: ReadonlySet<string> = new Set(['null', '[]', '{}'])

function settingOf(settings: Settings, name: string): string {
  const value = Object.hasOwn(settings, name) ? (settings[name] ?? '') : ''
  return empty.has(value) ? '' : value
}
