/** What was seen when, for whoever asks afterwards why something was found or planned. Nothing is planned from it. */
import { createHash } from 'node:crypto'
import { type Instant, isoOf, type Millis } from '../core/time.ts'
import type { Blobs } from '../ports/storage.ts'

const folder = 'versions/'

/**
 * Keeps `text`, an inventory as it is stored, as `versions/<when>-<SHA-256>.json`, unless the newest version differs from it
 * in times alone; and removes what is older than `keptFor`, but never the newest. True: there is a new version.
 */
export async function keepVersion(
  blobs: Blobs,
  text: string,
  { takenAt, keptFor }: { readonly takenAt: Instant; readonly keptFor: Millis },
): Promise<boolean> {
  const names = (await blobs.list(folder)).filter((name) => versionName.test(name))
  const hash = contentHash(text)
  const isNew = !names.at(-1)?.endsWith(`-${hash}.json`)
  if (isNew) await blobs.put(`${folder}${stampOf(takenAt)}-${hash}.json`, text)
  const before = folder + stampOf(takenAt - keptFor)
  const old = (isNew ? names : names.slice(0, -1)).filter((name) => name < before)
  for (const name of old) await blobs.remove(name)
  return isNew
}

const versionName = /^versions\/\d{8}T\d{6}Z-[0-9a-f]{64}\.json$/

/** In the order of time when sorted: `20260314T210000Z`. */
const stampOf = (at: Instant): string => isoOf(at).replace(/[-:.]/g, '')

/** What changes although nothing has. */
const times = /"(?:takenAt|lastHeartbeat|lastBackup|rpoSeconds)":[^,}]*/g

/** Of everything but times. Piece by piece: of ten thousand machines the text is 20 MB, and a copy of it one too many. */
export function contentHash(text: string): string {
  const hash = createHash('sha256')
  let from = 0
  for (const { 0: found, index } of text.matchAll(times)) {
    hash.update(text.slice(from, index))
    from = index + found.length
  }
  return hash.update(text.slice(from)).digest('hex')
}
