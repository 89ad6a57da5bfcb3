/** A plan as far as it can be read: what does not fit is left out, so that the parts that do can still be compared. */

export type LooseSide = {
  readonly subscription?: string | undefined
  readonly resourceGroup?: string | undefined
  readonly hostPool?: string | undefined
  readonly region?: string | undefined
  readonly applicationGroups?: string | undefined
}

export type LoosePair = {
  readonly id: string | undefined
  readonly strategy: string | undefined
  readonly primary: LooseSide
  readonly secondary: LooseSide
  readonly hasVault: boolean
  readonly cacheStorage: { readonly primary: string | undefined; readonly secondary: string | undefined }
  readonly applicationGroups: readonly {
    readonly primary: string | undefined
    readonly secondary: string | undefined
  }[]
  readonly groups: readonly (string | undefined)[]
}

/** Of `drift.fix`. */
export const looseFixes = (plan: unknown): readonly { readonly rule: string; readonly policy: unknown }[] =>
  Object.entries(fieldsOf(fieldsOf(fieldsOf(plan).drift).fix)).map(([rule, policy]) => ({ rule, policy }))

/** Texts are in lower case: Azure compares names and ids without it. Positions are kept. */
export const loosePairs = (plan: unknown): readonly LoosePair[] => listOf(fieldsOf(plan).pairs).map(loosePair)

function loosePair(value: unknown): LoosePair {
  const pair = fieldsOf(value)
  return {
    id: textOf(pair.id),
    strategy: typeof pair.strategy === 'string' ? pair.strategy : undefined,
    primary: looseSide(pair.primary),
    secondary: looseSide(pair.secondary),
    hasVault: pair.vault !== undefined,
    cacheStorage: looseCache(pair.reprotect),
    applicationGroups: listOf(pair.applicationGroups).map((mapped) => ({
      primary: textOf(fieldsOf(mapped).primary),
      secondary: textOf(fieldsOf(mapped).secondary),
    })),
    groups: listOf(pair.groups).map((group) => textOf(fieldsOf(group).id)),
  }
}

export type LooseExtension = {
  readonly extension: string | undefined
  readonly action: string | undefined
  readonly after: readonly (string | undefined)[]
  readonly secretUrl: string | undefined
  readonly vault: string | undefined
}

export const looseExtensions = (plan: unknown): readonly LooseExtension[] =>
  listOf(fieldsOf(plan).extensions).map((value) => {
    const entry = fieldsOf(value)
    const secret = fieldsOf(entry.protectedSettingsFromKeyVault)
    return {
      extension: textOf(entry.extension),
      action: textOf(entry.action),
      after: listOf(entry.after).map(textOf),
      secretUrl: textOf(secret.secretUrl),
      vault: textOf(secret.vault),
    }
  })

function looseCache(reprotect: unknown): LoosePair['cacheStorage'] {
  const { primary, secondary } = fieldsOf(fieldsOf(reprotect).cacheStorage)
  return { primary: textOf(primary), secondary: textOf(secondary) }
}

function looseSide(value: unknown): LooseSide {
  const side = fieldsOf(value)
  return {
    subscription: textOf(side.subscription),
    resourceGroup: textOf(side.resourceGroup),
    hostPool: textOf(side.hostPool),
    region: textOf(side.region),
    applicationGroups: textOf(side.applicationGroups),
  }
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

/** The longest list a plan may have, so that comparing a hostile one stays cheap. */
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, 1_000) : [])

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value.toLowerCase() : undefined)
