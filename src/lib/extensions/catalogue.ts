/** What is done with each kind of VM extension after a failover: what the plan says, else what is known of it. */
import { defaultEntries } from './defaults.ts'

export type ExtensionAction = 'restore' | 'skip' | 'manual'

export type CatalogueEntry = {
  /** `publisher/type` in any letter case, or `publisher/*` for all of a publisher's that have no entry of their own. */
  readonly extension: string
  readonly action: ExtensionAction
  /** Why it is not restored, for people. */
  readonly reason?: string
  /** Kinds that are restored before it, where the machine has them. */
  readonly after?: readonly string[]
  /** Put over the settings that were seen, key by key; `null` takes a key out. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly protectedSettingsFromKeyVault?: { readonly secretUrl: string; readonly vaultId: string }
  /** It does not work without protected settings, which Azure never gives back. */
  readonly needsProtectedSettings?: boolean
  /** It is a script, or as slow as one. */
  readonly isSlow?: boolean
}

/** Keys as `kindOf` writes them. */
export type Catalogue = ReadonlyMap<string, CatalogueEntry>

/** As the plan has them (`plan/extensions.ts`). */
export type PlannedExtension = {
  readonly extension: string
  readonly action: ExtensionAction
  readonly after?: readonly string[]
  readonly settings?: Readonly<Record<string, unknown>>
  readonly protectedSettingsFromKeyVault?: { readonly secretUrl: string; readonly vault: string }
  readonly needsProtectedSettings?: boolean
}

/** What the plan leaves open is as the built-in entry has it. */
export function catalogueOf(planned: readonly PlannedExtension[]): Catalogue {
  const known = new Map(defaultEntries.map((entry) => [keyOf(entry.extension), entry]))
  for (const entry of planned) {
    const key = keyOf(entry.extension)
    known.set(key, merged(entryFor(known, key), entry))
  }
  return known
}

export const entryFor = (catalogue: Catalogue, kind: string): CatalogueEntry | undefined =>
  catalogue.get(kind) ?? catalogue.get(`${kind.split('/')[0]}/*`)

export const kindOf = ({ publisher, type }: { readonly publisher: string; readonly type: string }): string =>
  keyOf(`${publisher}/${type}`)

export const keyOf = (extension: string): string => extension.toLowerCase()

function merged(built: CatalogueEntry | undefined, planned: PlannedExtension): CatalogueEntry {
  const { protectedSettingsFromKeyVault: secret, ...rest } = planned
  const { reason, ...base } = built ?? { extension: planned.extension }
  return {
    ...base,
    ...rest,
    // It speaks of what the built-in entry does.
    ...(planned.action === built?.action && reason !== undefined ? { reason } : {}),
    ...(secret && { protectedSettingsFromKeyVault: { secretUrl: secret.secretUrl, vaultId: secret.vault } }),
  }
}
