/** What a plan says of desktops that Site Recovery replicates: recovery points, commit, extensions, protecting again. */
import type { z } from 'zod'
import { hours, minutes } from '../core/time.ts'
import { duration, extensionKind, keyVaultId, secretUrl, storageAccountId } from './fields.ts'
import { bag, choice, either, list, object, truth } from './shapes.ts'

/** The newest of each sort; `latest` processes first what has arrived. */
export const recoveryPoints = ['latest', 'latestProcessed', 'latestAppConsistent', 'latestCrashConsistent'] as const

export const recoveryPoint = choice(recoveryPoints)

/** What was seen of a machine's extensions is put back by this; the app knows the usual ones (`extensions/defaults.ts`). */
export const extensionEntry = object(
  {
    extension: extensionKind,
    action: choice(['restore', 'skip', 'manual']),
    /** These first, where the machine has them. */
    after: list(extensionKind, 0, 20, 'extensions, publisher/type').exactOptional(),
    /** Put over those that were seen, key by key; `null` takes a key out. */
    settings: bag('settings: names and values').exactOptional(),
    protectedSettingsFromKeyVault: object({ secretUrl, vault: keyVaultId }, 'secretUrl and vault').exactOptional(),
    needsProtectedSettings: truth.exactOptional(),
  },
  'an extension: extension, action',
)

/** By default users are let in first: an extension takes minutes. */
export const extensionOrder = object({ before: choice(['users']).exactOptional() }, 'before: users, or nothing')

/** Kept recovery points last 24 h by default, 15 days at most (Site Recovery support matrix): later nothing can be changed to. */
const reminders = object(
  {
    deadline: duration(minutes(30), hours(15 * 24)).prefault('20 h'),
    remindEvery: duration(minutes(10), hours(24)).prefault('4 h'),
  },
  'deadline and remindEvery',
)

const byHand = object({ manual: reminders.prefault({}) }, 'manual: deadline and remindEvery')

/** `auto` once the desktop is proven to work, or by a person, who is reminded. */
export const commit = either(
  [choice(['auto', 'manual']), byHand],
  'auto, manual, or manual: deadline and remindEvery',
).transform((how): CommitPolicy => {
  if (how === 'auto') return 'auto'
  return how === 'manual' ? reminders.parse({}) : how.manual
})

export type CommitPolicy = 'auto' | z.output<typeof reminders>

export const reprotect = object(
  {
    /** Changes go through the account of the region where the machine runs. */
    cacheStorage: object({ primary: storageAccountId, secondary: storageAccountId }, 'primary and secondary'),
    /** `auto`: as soon as a failover is over. */
    start: choice(['auto', 'manual']).default('manual'),
  },
  'how desktops are protected again: cacheStorage, start',
)
