/** Which of a machine's extensions comes next, and what is to be done about it: from what the machine has, nothing else. */
import { orderedJson } from '../../core/ordered-json.ts'
import { type Instant, minutes, spell } from '../../core/time.ts'
import { hasSucceeded, isSameKind } from '../../extensions/work.ts'
import type { ExtensionToRestore } from '../../machine/spec.ts'
import { defaultSettle, type StepMemo } from '../../machine/step.ts'
import type { VmExtension } from '../../model/azure.ts'

/** One write to one extension, or association. `round`: how often it has been put, this time included. */
export type Part = { readonly kind: 'put' | 'remove' | 'associate'; readonly index: number; readonly round: number }

export const partText = ({ kind, index, round }: Part): string => `${kind} ${index} ${round}`

export function partOf(text: string | undefined): Part | undefined {
  const [kind, index, round] = text?.split(' ') ?? []
  if (kind !== 'put' && kind !== 'remove' && kind !== 'associate') return undefined
  return { kind, index: Number(index), round: Number(round) }
}

/** What is being tried, for how long, and what came of it. */
export type Trying = {
  readonly part: Part | undefined
  readonly attempt: number
  readonly begunAt: Instant | undefined
  /** When the part was first seen to be next. */
  readonly partSince: Instant | undefined
  readonly memo: StepMemo
  readonly now: Instant
}

export type Next =
  | { readonly kind: 'there' }
  | { readonly kind: 'underway'; readonly part: Part; readonly text: string }
  | {
      readonly kind: 'begin'
      readonly part: Part
      readonly text: string
      /** What is to be removed. */
      readonly failed?: { readonly name: string; readonly problem: string }
    }
  | { readonly kind: 'lost'; readonly why: string }

/** Put again after it failed: twice. Not more begins than this of one and the same write. */
const rounds = 3
export const attemptLimit = 10

/** Over what Azure allows itself. */
const margin = minutes(5)

export function nextOf(
  wanted: ExtensionToRestore,
  index: number,
  extensions: readonly VmExtension[],
  trying: Trying,
): Next {
  const own = trying.part?.index === index && trying.part.kind !== 'associate' ? trying.part : undefined
  const seen = extensions.find((one) => isSameKind(one, wanted))
  const put: Part = { kind: 'put', index, round: own?.kind === 'put' ? own.round : (own?.round ?? 0) + 1 }
  if (!seen) return absent(wanted, put, own, extensions, trying)
  if (hasSucceeded(seen)) return present(wanted, put, own, seen, trying)
  if (seen.state.toLowerCase() === 'failed') return failed(index, own, seen, trying)
  const part = own ?? put
  const since = own ? (trying.begunAt ?? trying.partSince ?? trying.now) : trying.now
  if (trying.now - since > wanted.timeLimit + margin)
    return { kind: 'lost', why: `${seen.state} for ${spell(trying.now - since)}` }
  return { kind: 'underway', part, text: `${seen.name} is ${seen.state}` }
}

function absent(
  { name }: ExtensionToRestore,
  put: Part,
  own: Part | undefined,
  extensions: readonly VmExtension[],
  trying: Trying,
): Next {
  // Put under this name, it would take the place of something else.
  if (extensions.some((one) => one.name.toLowerCase() === name.toLowerCase()))
    return { kind: 'lost', why: 'another extension has its name' }
  if (put.round > rounds) return { kind: 'lost', why: String(trying.memo.problem || 'failed') }
  return begun(put, own, trying, `puts ${name}`, 'nothing came of it')
}

/** One that is there with other settings is put once; what Azure then makes of them stays. */
function present(
  wanted: ExtensionToRestore,
  put: Part,
  own: Part | undefined,
  seen: VmExtension,
  trying: Trying,
): Next {
  if (isAsWanted(wanted, seen)) return { kind: 'there' }
  const isOurs = own?.kind === 'put' && trying.begunAt !== undefined
  if (isOurs && trying.now < trying.begunAt + defaultSettle)
    return { kind: 'underway', part: put, text: `${seen.name} has other settings or an older version yet` }
  if (isOurs && trying.memo.accepted === partText(own)) return { kind: 'there' }
  if (put.round > rounds) return { kind: 'lost', why: 'has other settings or an older version' }
  return begun(put, own, trying, `puts ${seen.name} anew`, 'has other settings or an older version')
}

/** Nothing further can be installed beside it (VM extensions overview, learn.microsoft.com): it has to go, whatever comes next. */
function failed(index: number, own: Part | undefined, seen: VmExtension, trying: Trying): Next {
  const remove: Part = { kind: 'remove', index, round: own?.round ?? 0 }
  const next = begun(remove, own, trying, `removes ${seen.name}, which failed`, 'failed and could not be removed')
  return next.kind === 'begin' ? { ...next, failed: { name: seen.name, problem: seen.problem ?? 'failed' } } : next
}

/** To be begun, unless it has been often enough. */
function begun(part: Part, own: Part | undefined, trying: Trying, text: string, why: string): Next {
  const isSame = own !== undefined && partText(own) === partText(part)
  const isSettled = trying.begunAt === undefined || trying.now >= trying.begunAt + defaultSettle
  if (isSame && trying.attempt >= attemptLimit && isSettled) return { kind: 'lost', why }
  return { kind: 'begin', part, text }
}

function isAsWanted(wanted: ExtensionToRestore, seen: VmExtension): boolean {
  return isAsNew(seen.version, wanted.version) && sameSettings(seen.settings, wanted.settings)
}

/** By major and minor; Azure adds the rest. What is no number has to be equal. */
function isAsNew(seen: string, wanted: string): boolean {
  const [a, b] = [seen, wanted].map((version) => version.split('.').slice(0, 2).map(Number))
  const [major = Number.NaN, minor = 0] = a ?? []
  const [wantedMajor = Number.NaN, wantedMinor = 0] = b ?? []
  if ([major, minor, wantedMajor, wantedMinor].some(Number.isNaN)) return seen === wanted
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

const sameSettings = (a: string | undefined, b: string | undefined): boolean => plain(a) === plain(b)

function plain(settings = '{}'): string {
  try {
    return orderedJson(JSON.parse(settings) ?? {})
  } catch {
    return settings
  }
}
