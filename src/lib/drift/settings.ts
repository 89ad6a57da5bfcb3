/** Two things that should be alike, by Azure's names of properties. */
import { isSameSetting } from '../model/settings.ts'

type Settings = Readonly<Record<string, string>>

/** Names of what differs, sorted; as a fix compares them when it looks whether it is done. */
export function differing(a: Settings, b: Settings): readonly string[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  return names.filter((name) => !isSameSetting(a[name], b[name]))
}

/** `name "here" against "there"`, each shortened: what is long is mostly alike, and evidence is one sentence. */
export const comparison = (name: string, here: Settings, there: Settings): string =>
  `${name} ${quoted(here[name])} against ${quoted(there[name])}`

const longest = 80
const quoted = (value = ''): string => {
  if (isSameSetting(value, '')) return 'nothing'
  return `"${value.length > longest ? `${value.slice(0, longest)}…` : value}"`
}
