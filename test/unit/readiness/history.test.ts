import { describe, expect, it } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { assess } from '../../../src/lib/readiness/assess.ts'
import { historyKept, isNews, lineOf, withLine } from '../../../src/lib/readiness/history.ts'
import type { HistoryLine } from '../../../src/lib/readiness/readiness.ts'
import { driftOf, lockFinding } from '../../support/drift-stories.ts'
import { inventoryOf, now } from '../../support/plans.ts'
import { contextOf } from '../../support/rule-context.ts'

const line: HistoryLine = { at: now, can: 'yes', why: [], critical: 0, unchecked: 0 }
const readiness = (drift = driftOf()) => assess({ context: contextOf(), inventory: inventoryOf(), drift, pasts: [] })

describe('a line of history', () => {
  it('names findings by their ids and the rest by its code', () => {
    const unchecked = [{ rule: 'a-rule', subject: '', reason: 'no answer' }]
    expect(lineOf(readiness(driftOf({ findings: [lockFinding], unchecked })))).toMatchObject({
      can: 'no',
      why: ['couldNotCheck', lockFinding.fingerprint],
      unchecked: 1,
    })
  })

  it('of a plain yes has no why', () => {
    expect(lineOf(readiness())).toMatchObject({ can: 'yes', why: [], critical: 0 })
  })

  it.each<[string, Partial<HistoryLine>, boolean]>([
    ['nothing has changed', { at: now + minutes(15) }, false],
    ['only the estimate has', { at: now + minutes(15), allUsersBack: 5 }, false],
    ['the verdict has', { at: now + minutes(15), can: 'yesBut' }, true],
    ['its reasons have', { at: now + minutes(15), why: ['hostsOut'] }, true],
    ['a day has passed', { at: now + hours(24) }, true],
  ])('is kept where %s: $2', (_, change, isKept) => {
    expect(isNews(line, { ...line, ...change })).toBe(isKept)
  })

  it('is kept where there was none', () => {
    expect(isNews(undefined, line)).toBe(true)
  })
})

describe('the history', () => {
  it('goes back 400 days', () => {
    const old = [historyKept + 1, historyKept, historyKept - 1].map((age) => ({ ...line, at: now - age }))
    expect(withLine(old, line).map(({ at }) => now - at)).toEqual([historyKept - 1, 0])
  })

  it('of a pair that goes to and fro keeps the newest', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({ ...line, at: now - minutes(5_000 - i) }))
    const kept = withLine(many, line)
    expect([kept.length, kept[0]?.at, kept.at(-1)]).toEqual([5_000, now - minutes(4_999), line])
  })
})
