/**
 * Fields a plan is made of. Every schema's error text says what *would be right*; what is wrong is told by the value.
 * Name grammars are those of the services' own API descriptions.
 */
import { z } from 'zod'
import type { Millis } from '../core/time.ts'
import { parseDuration, writeDuration } from './duration.ts'

const field = (right: string, shape: RegExp, longest: number, shortest = 1) =>
  z
    .string({ error: right })
    .min(shortest, { error: right })
    .max(longest, { error: right })
    .regex(shape, { error: right })
    .meta({ description: right })

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** No control characters, no bidirectional overrides, no lone surrogates, no blank at either end. */
const printable = /^(?!\s)[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+(?<!\s)$/u
const printableLines =
  /^(?!\s)(?:[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|[\r\n\t]|(?<=\p{Extended_Pictographic}|\uFE0F)\u200D)+$/u

export const subscriptionId = field('a subscription id: 8-4-4-4-12 hexadecimal digits', guid, 36).toLowerCase()
export const groupId = field('the object id of an Entra group: 8-4-4-4-12 hexadecimal digits', guid, 36).toLowerCase()
export const principalId = field('the object id of a user, group or application: a GUID', guid, 36).toLowerCase()
export const roleId = field('the id of a role definition: a GUID, without the path in front', guid, 36).toLowerCase()

/** Resource names, learn.microsoft.com "Naming rules and restrictions". */
export const resourceGroup = field(
  'a resource group name: 1 to 90 letters, digits, or _ - . ( ), not ending in a full stop',
  /^[\p{L}\p{N}_\-.()]*[\p{L}\p{N}_\-()]$/u,
  90,
)
/** Desktop Virtualization 2024-04-03: `^[A-Za-z0-9@.\-_ ]*$`, 3 to 64. A blank at either end would be a slip. */
const avdName = /^[A-Za-z0-9@.\-_](?:[A-Za-z0-9@.\-_ ]*[A-Za-z0-9@.\-_])?$/
export const hostPoolName = field('a host pool name: 3 to 64 letters, digits, or @ . - _', avdName, 64, 3)
export const applicationGroupName = field(
  'an application group name: 3 to 64 letters, digits, or @ . - _',
  avdName,
  64,
  3,
)
export const region = field('a region as Azure writes it, e.g. uksouth', /^[a-z][a-z0-9]+$/, 40, 2)
export const vaultId = field(
  'the id of a Recovery Services vault: /subscriptions/…/resourceGroups/…/providers/Microsoft.RecoveryServices/vaults/…',
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/\p{Cc}\s?#%\\]{1,90}\/providers\/Microsoft\.RecoveryServices\/vaults\/[A-Za-z][A-Za-z0-9-]{1,49}$/iu,
  300,
)
export const templateVersionId = field(
  'the id of a template spec version: /subscriptions/…/resourceGroups/…/providers/Microsoft.Resources/templateSpecs/…/versions/…',
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/\p{Cc}\s?#%\\]{1,90}\/providers\/Microsoft\.Resources\/templateSpecs\/[\w.()-]{1,90}\/versions\/[\w.()-]{1,90}$/iu,
  400,
)
export const vmId = field(
  'the id of a virtual machine: /subscriptions/…/resourceGroups/…/providers/Microsoft.Compute/virtualMachines/…',
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/\p{Cc}\s?#%\\]{1,90}\/providers\/Microsoft\.Compute\/virtualMachines\/[^/\p{Cc}\s?#%\\]{1,64}$/iu,
  300,
)
/** Storage account names: 3 to 24 small letters and digits (learn.microsoft.com, "Naming rules and restrictions"). */
export const storageAccountId = field(
  'the id of a storage account: /subscriptions/…/resourceGroups/…/providers/Microsoft.Storage/storageAccounts/…',
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/\p{Cc}\s?#%\\]{1,90}\/providers\/Microsoft\.Storage\/storageAccounts\/[a-z0-9]{3,24}$/iu,
  300,
)
/** Key Vault names: 3 to 24 letters, digits and hyphens (the same page). */
export const keyVaultId = field(
  'the id of a key vault: /subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/…',
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/\p{Cc}\s?#%\\]{1,90}\/providers\/Microsoft\.KeyVault\/vaults\/[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/iu,
  300,
)
export const secretUrl = field(
  'the address of a secret: https://<vault>.vault.azure.net/secrets/<name>, its version behind it or not',
  /^https:\/\/[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)\/secrets\/[A-Za-z0-9-]{1,127}(\/[0-9a-f]{32})?$/,
  300,
)
/** Ids begin `/Subscriptions/` in places. */
export const recoveryPointId = field(
  'the id of a recovery point: …/replicationProtectedItems/…/recoveryPoints/…',
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^?#%\\\p{Cc}\s]+\/replicationProtectedItems\/[^/?#%\\\p{Cc}\s]{1,200}\/recoveryPoints\/[\w.-]{1,200}$/iu,
  1_000,
)
export const extensionKind = field(
  'publisher and type of an extension, e.g. Microsoft.Azure.Monitor/AzureMonitorWindowsAgent, or publisher/*',
  /^[A-Za-z0-9][\w.-]*\/(\*|[A-Za-z0-9][\w.-]*)$/,
  200,
)
/** Azure tag names: at most 512 characters, none of < > % & \ ? / (learn.microsoft.com, tag resources). */
export const tagName = field(
  'a tag name: up to 512 characters without < > % & \\ ? /',
  /^(?!\s)[^<>%&\\?/\p{Cc}\p{Cf}\p{Cs}]+(?<!\s)$/u,
  512,
)
/** Also a key of tables and part of links, hence so plain. */
export const pairId = field(
  '2 to 40 small letters, digits or hyphens, beginning with a letter',
  /^[a-z][a-z0-9-]+$/,
  40,
  2,
)
export const displayName = field('a name of 1 to 120 characters on one line', printable, 120)
/** Subjects are names and ids of whatever Azure knows. */
export const findingName = field(
  'the id of a finding, rule:subject, or of a drift rule',
  /^[a-z0-9-]{1,80}(:[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{0,1000})?$/iu,
  1_100,
)
/** Session host and VM names; Windows computer names are at most 15, the domain's name may follow. */
export const hostName = field('the name of a session host or virtual machine', /^[A-Za-z0-9][A-Za-z0-9.\-_]*$/, 253)
export const namePart = field('part of a virtual machine name', /^[A-Za-z0-9.\-_]+$/, 64)

/** Desktop Virtualization documents no limit for messages: these fit the message window. */
export const messageTitle = field('a title of 1 to 100 characters on one line', printable, 100)
export const messageBody = field('a text of 1 to 1,000 characters', printableLines, 1_000)

/** Text in, milliseconds out; both ends are possible. `because`: why not more or less. */
export const duration = (least: Millis, most: Millis, because = '') => {
  const reason = because && `: ${because}`
  const right = `a length of time from ${writeDuration(least)} to ${writeDuration(most)}, e.g. 10 min or PT10M${reason}`
  return z
    .string({ error: right })
    .max(40, { error: right })
    .meta({ description: right })
    .transform((text, context): Millis => {
      const length = parseDuration(text)
      if (length !== undefined && length >= least && length <= most) return length
      context.addIssue({ code: 'custom', message: right })
      return z.NEVER
    })
}

export const whole = (least: number, most: number) => {
  const right = `a whole number from ${least} to ${most}`
  return z.int({ error: right }).min(least, { error: right }).max(most, { error: right }).meta({ description: right })
}

/** `12` hosts or `50%` of the hosts. */
export const hostsOrShare = (() => {
  const right = 'a number of hosts from 1 to 10000, or a share of them, 1% to 100%'
  const share = z
    .string({ error: right })
    .regex(/^([1-9]\d?|100)%$/, { error: right })
    .transform((text) => ({ percent: Number(text.slice(0, -1)) }))
  /** 10,000 session hosts a host pool: Azure Virtual Desktop limits. */
  const count = z
    .int()
    .min(1)
    .max(10_000)
    .transform((hosts) => ({ hosts }))
  return z.union([count, share], { error: right }).meta({ description: right })
})()

/** Local time of a day in, milliseconds since its midnight out. */
export const timeOfDay = (() => {
  const right = 'a time of day from 00:00 to 24:00, with its quotes: "22:30"'
  return z
    .string({ error: right })
    .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: right })
    .meta({ description: right })
    .transform((text): Millis => Number(text.slice(0, 2)) * 3_600_000 + Number(text.slice(3)) * 60_000)
})()

/** Of the IANA database, so that daylight saving is known; an offset such as +01:00 would not know it. */
export const timeZone = (() => {
  const right = 'a time zone of the IANA database, e.g. Europe/London or UTC'
  return z
    .string({ error: right })
    .max(60, { error: right })
    .regex(/^[A-Za-z]/, { error: right })
    .refine(isTimeZone, { error: right })
    .meta({ description: right })
})()

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
