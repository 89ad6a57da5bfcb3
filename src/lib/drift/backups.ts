/** What Azure Backup does for one source. Only the primary side is backed up: what stands by is made from it. */
import { idKey } from '../core/arm-id.ts'
import { hours, type Instant } from '../core/time.ts'
import type { BackupItem } from '../model/estate.ts'
import { couldNotCheck, found, well } from './outcome.ts'
import type { Outcome } from './rule.ts'

/** Ours: a weekly policy may be a day late. */
const oldestDays = 8

export type BackupFinder = (kind: BackupItem['kind'], sourceId: string, share?: string) => readonly BackupItem[]

/** By source: a pair may have thousands of machines. */
export function backupFinder(items: readonly BackupItem[]): BackupFinder {
  const bySource = Map.groupBy(items, ({ kind, sourceId }) => `${kind} ${idKey(sourceId)}`)
  return (kind, sourceId, share) => {
    const all = bySource.get(`${kind} ${idKey(sourceId)}`) ?? []
    return share === undefined ? all : all.filter((item) => item.share?.toLowerCase() === share.toLowerCase())
  }
}

/** Azure has one word for it in lists of vaults, and another in those of its newer ones. */
const isProtected = ({ state }: BackupItem): boolean => /^(protected|protectionconfigured)$/i.test(state)

/** `ProtectionState` of the interface's description; a word that is new to us says neither. */
const isUnprotected = ({ state }: BackupItem): boolean =>
  /^(invalid|irpending|protectionerror|protectionstopped|protectionpaused|backupssuspended)$/i.test(state)

/** Several: a source may have been moved from one vault to another, and the older one stopped. */
export function checkBackups(items: readonly BackupItem[], subject: string, now: Instant): Outcome {
  if (items.length === 0) return found([{ subject, evidence: `Azure Backup does not know ${subject}.` }])
  const working = items.filter(isProtected)
  if (working.length === 0) {
    const states = items.map(({ state }) => state).join(', ')
    return items.every(isUnprotected)
      ? found([{ subject, evidence: `The backup of ${subject} is in the state ${states}.` }])
      : couldNotCheck(`the backup of ${subject} is in the state ${states}`, subject)
  }
  const latest = Math.max(...working.map(({ lastBackup }) => lastBackup ?? Number.NEGATIVE_INFINITY))
  if (!Number.isFinite(latest)) return couldNotCheck(`Azure did not say when ${subject} was last backed up`, subject)
  return now - latest <= hours(oldestDays * 24)
    ? well
    : found([{ subject, evidence: `The last backup of ${subject} is more than ${oldestDays} days old.` }])
}
