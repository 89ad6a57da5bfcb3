import { idKey } from '../../src/lib/core/arm-id.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import type { Rule, Violation } from './types.ts'

/**
 * What is done to machines that were failed over: each extension and association is accepted once for each machine, again
 * only after it failed or was removed; nothing is written to a machine that no failover made; an item is protected again
 * once, again only after the job failed or after another failover; and nobody tests a failover of a session host.
 */
export function judgeAfterFailover(events: readonly LedgerEvent[]): {
  readonly violations: Violation[]
  readonly extensions: number
  readonly associations: number
  readonly reprotects: number
} {
  const violations: Violation[] = []
  const breaks = ({ at, vm: subject }: { at: number; vm: string }, rule: Rule, detail: string) =>
    violations.push({ rule, at, subject, detail })
  const parts = createParts(breaks)
  const reprotects = createReprotects(breaks)
  for (const event of events) {
    switch (event.kind) {
      case 'extensionAccepted':
      case 'extensionEnded':
      case 'extensionRemoved':
      case 'associationAccepted':
        parts.take(event)
        break
      case 'reprotectAccepted':
      case 'jobEnded':
      case 'failoverAccepted':
        reprotects.take(event)
        break
      case 'testFailoverAccepted':
        if (event.by === undefined)
          breaks(event, 'testFailoverOfSessionHost', `job ${event.job} makes a second machine`)
        break
      case 'registrationRerun':
        breaks(event, 'registrationRerun', `${event.type} ran again as ${event.name}`)
        break
    }
  }
  return { violations, ...parts.counts(), reprotects: reprotects.count() }
}

type Breaks = (event: { at: number; vm: string }, rule: Rule, detail: string) => void
type Part = Extract<LedgerEvent, { kind: `extension${string}` | 'associationAccepted' }>

function createParts(breaks: Breaks) {
  const there = new Set<string>()
  let [extensions, associations] = [0, 0]
  return {
    counts: () => ({ extensions, associations }),
    take(event: Part) {
      const isAssociation = event.kind === 'associationAccepted'
      const key = `${event.machine} ${isAssociation ? 'association' : 'extension'} ${event.name}`.toLowerCase()
      if (event.kind === 'extensionEnded') {
        if (!event.ok) there.delete(key)
        return
      }
      const isOurs = event.by === undefined
      if (isOurs && !event.isFailedOver) breaks(event, 'wroteToOther', `${event.kind} ${event.name}`)
      if (event.kind === 'extensionRemoved') {
        there.delete(key)
        return
      }
      const rule = isAssociation ? 'associationTwice' : 'extensionTwice'
      if (isOurs && there.has(key)) breaks(event, rule, `${event.name} was accepted for ${event.machine} before`)
      there.add(key)
      if (isAssociation) associations += 1
      else extensions += 1
    },
  }
}

type Turn = Extract<LedgerEvent, { job: string }>

function createReprotects(breaks: Breaks) {
  /** Item → the job that turns it round. */
  const jobs = new Map<string, string>()
  const failed = new Set<string>()
  let count = 0
  return {
    count: () => count,
    take(event: Turn) {
      if (event.kind === 'jobEnded') {
        if (event.state === 'Failed') failed.add(event.job)
        return
      }
      if (event.kind !== 'reprotectAccepted' && event.kind !== 'failoverAccepted') return
      const item = idKey(event.item)
      if (event.kind === 'failoverAccepted') {
        jobs.delete(item)
        return
      }
      const earlier = jobs.get(item)
      if (earlier !== undefined && !failed.has(earlier) && event.by === undefined)
        breaks(event, 'reprotectedTwice', `job ${event.job} was accepted although job ${earlier} has not failed`)
      jobs.set(item, event.job)
      count += 1
    },
  }
}
