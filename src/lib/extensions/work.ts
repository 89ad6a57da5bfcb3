/** From what a machine had to what it needs again after a failover. */
import { orderedJson } from '../core/ordered-json.ts'
import { type Millis, minutes } from '../core/time.ts'
import type { ExtensionToRestore, ExtensionWork } from '../machine/spec.ts'
import type { VmExtension } from '../model/azure.ts'
import type { ExtensionSet } from '../model/inventory.ts'
import { type Catalogue, type CatalogueEntry, entryFor, keyOf, kindOf } from './catalogue.ts'

/** How long Azure gives an extension, and a script (learn.microsoft.com, "VM extensions and features"). */
const timeLimits = { usual: minutes(20), slow: minutes(90) } as const satisfies Record<string, Millis>

/** In the order of restoring: what it comes `after` first, otherwise by name. The same set and catalogue give the same work. */
export function workOf({ extensions, associations }: ExtensionSet, catalogue: Catalogue): ExtensionWork {
  const judged = [...extensions]
    .sort((a, b) => byText(keyOf(a.name), keyOf(b.name)))
    .map((extension) => ({ extension, ...judge(extension, entryFor(catalogue, kindOf(extension))) }))
  const named = (wanted: 'manual' | 'skip') =>
    judged.flatMap((one) =>
      one.verdict !== 'restore' && one.verdict === wanted ? [{ name: one.extension.name, reason: one.reason }] : [],
    )
  const restored = judged.flatMap((one) => (one.verdict === 'restore' ? [one] : []))
  return {
    restore: inOrder(restored).map(({ extension, entry }) => toRestore(extension, entry)),
    manual: named('manual'),
    skipped: named('skip'),
    associations: [...associations].sort((a, b) => byText(a.name, b.name)),
  }
}

/** Everything that is asked for is on the machine and works: this set may stand for the one the work was made of. */
export const isRestored = ({ restore, associations }: ExtensionWork, seen: ExtensionSet): boolean =>
  restore.every((wanted) => seen.extensions.some((one) => isSameKind(wanted, one) && hasSucceeded(one))) &&
  associations.every(({ name }) => seen.associations.some((one) => keyOf(one.name) === keyOf(name)))

/** Azure lets a machine have one of a publisher and type, whatever its name. */
export const isSameKind = (a: Kind, b: Kind): boolean => kindOf(a) === kindOf(b)

export const hasSucceeded = ({ state }: Pick<VmExtension, 'state'>): boolean => keyOf(state) === 'succeeded'

type Kind = { readonly publisher: string; readonly type: string }
type Verdict =
  | { readonly verdict: 'restore'; readonly entry: CatalogueEntry }
  | { readonly verdict: 'manual' | 'skip'; readonly reason: string }

function judge(extension: VmExtension, entry: CatalogueEntry | undefined): Verdict {
  const kind = `${extension.publisher}/${extension.type}`
  const manual = (reason: string): Verdict => ({ verdict: 'manual', reason })
  if (!entry) return manual(`Neither the plan nor this app knows ${kind}.`)
  if (entry.action === 'skip') return { verdict: 'skip', reason: entry.reason ?? 'The plan leaves it out.' }
  if (entry.action === 'manual') return manual(entry.reason ?? 'The plan leaves it to a person.')
  if (keyOf(extension.state) === 'failed')
    return manual(`It had failed before the failover${extension.problem ? `: ${extension.problem}` : '.'}`)
  if (entry.needsProtectedSettings && !entry.protectedSettingsFromKeyVault)
    return manual('It needs protected settings, which Azure never gives back, and the plan names no Key Vault secret.')
  if (extension.settings !== undefined && entry.settings !== undefined && !settingsOf(extension.settings))
    return manual('Its settings are not understood, and the plan changes them.')
  return { verdict: 'restore', entry }
}

function toRestore(extension: VmExtension, entry: CatalogueEntry): ExtensionToRestore {
  const { name, publisher, type, version, autoUpgradeMinorVersion, enableAutomaticUpgrade } = extension
  const settings = overridden(extension.settings, entry.settings)
  const secret = entry.protectedSettingsFromKeyVault
  return {
    name,
    publisher,
    type,
    version,
    ...(autoUpgradeMinorVersion !== undefined && { autoUpgradeMinorVersion }),
    ...(enableAutomaticUpgrade !== undefined && { enableAutomaticUpgrade }),
    ...(settings !== undefined && { settings }),
    ...(secret && { protectedSettingsFromKeyVault: secret }),
    timeLimit: entry.isSlow ? timeLimits.slow : timeLimits.usual,
  }
}

/** Key by key; nothing left is no settings at all. */
function overridden(seen: string | undefined, over: CatalogueEntry['settings']): string | undefined {
  if (!over) return seen
  const merged = Object.entries({ ...(seen === undefined ? {} : settingsOf(seen)), ...over })
  const left = merged.filter(([, value]) => value !== null)
  return left.length === 0 ? undefined : orderedJson(Object.fromEntries(left))
}

function settingsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isGroup = value !== null && typeof value === 'object' && !Array.isArray(value)
    return isGroup ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

type Restored = { readonly extension: VmExtension; readonly entry: CatalogueEntry }

/** What waits for others goes behind them. Where all wait for each other the first one goes: on a machine such a ring was no hindrance. */
function inOrder(restored: readonly Restored[]): readonly Restored[] {
  const left = [...restored]
  const ordered: Restored[] = []
  while (left.length > 0) {
    const free = left.findIndex((one) => !left.some((other) => other !== one && comesAfter(one, other)))
    ordered.push(...left.splice(Math.max(free, 0), 1))
  }
  return ordered
}

const comesAfter = ({ extension, entry }: Restored, other: Restored): boolean =>
  (entry.after ?? []).some((kind) => fits(keyOf(kind), kindOf(other.extension))) ||
  (extension.provisionAfter ?? []).some((name) => keyOf(name) === keyOf(other.extension.name))

const fits = (wanted: string, kind: string): boolean =>
  wanted === kind || (wanted.endsWith('/*') && kind.startsWith(wanted.slice(0, -1)))

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
