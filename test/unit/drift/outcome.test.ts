import { describe, expect, test } from 'vitest'
import {
  couldNotCheck,
  found,
  given,
  partOfEstate,
  partOfPair,
  partOfSide,
  together,
  well,
} from '../../../src/lib/drift/outcome.ts'
import { pooledSeen } from '../../support/plans.ts'
import { contextOf, withGap } from '../../support/rule-context.ts'

const gaps = [{ what: 'vaults', reason: 'no answer' }]
const one = { subject: 'vm-1', evidence: 'It is off.' }

describe('a part of what was seen', () => {
  test('is there when it was read this time, also when it is empty', () => {
    expect(partOfSide(contextOf(), 'secondary', 'scalingPlans')).toEqual({ kind: 'seen', value: [] })
    expect(partOfEstate(contextOf({ estate: { locks: [] } }), 'locks')).toEqual({ kind: 'seen', value: [] })
  })

  test.each(['missing', 'asLastSeen'] as const)('is not to be gone by with a gap beside it, %s', (part) => {
    const context = contextOf({ seen: withGap(pooledSeen, 'primary', 'vms', part) })
    expect(partOfSide(context, 'primary', 'vms')).toEqual({
      kind: 'unseen',
      reason: 'primary: vms: the region does not answer',
    })
    expect(partOfSide(context, 'secondary', 'vms').kind).toBe('seen')
  })

  test('that is missing without a gap was not read: an older inventory, or a right nobody has', () => {
    expect(partOfEstate(contextOf(), 'locks')).toEqual({ kind: 'unseen', reason: 'locks: not read' })
    expect(partOfPair(contextOf(), 'replicatedItems')).toEqual({ kind: 'unseen', reason: 'replicatedItems: not read' })
    expect(partOfEstate(contextOf({ estate: { vaults: [], gaps } }), 'vaults')).toEqual({
      kind: 'unseen',
      reason: 'vaults: no answer',
    })
  })
})

describe('given', () => {
  test('hands all parts on when all were seen', () => {
    const context = contextOf({ estate: { locks: [] } })
    const outcome = given(
      { locks: partOfEstate(context, 'locks'), vms: partOfSide(context, 'primary', 'vms') },
      ({ locks, vms }) => found([{ subject: 'count', evidence: `${locks.length} and ${vms.length}` }]),
    )
    expect(outcome).toEqual(found([{ subject: 'count', evidence: '0 and 4' }]))
  })

  test('asks nobody when one was not, and gives every reason', () => {
    const context = contextOf({ seen: withGap(pooledSeen, 'primary', 'vms') })
    const parts = {
      vms: partOfSide(context, 'primary', 'vms'),
      hosts: partOfSide(context, 'primary', 'sessionHosts'),
      locks: partOfEstate(context, 'locks'),
    }
    expect(given(parts, () => found([one]))).toEqual({
      findings: [],
      unchecked: [
        { subject: '', reason: 'primary: vms: the region does not answer' },
        { subject: '', reason: 'locks: not read' },
      ],
    })
    expect(given({ locks: parts.locks, hosts: parts.hosts }, () => found([one])).findings).toEqual([])
  })
})

test('outcomes add up, and nothing added to nothing is well', () => {
  expect(together([well, found([one]), couldNotCheck('no answer'), well])).toEqual({
    findings: [one],
    unchecked: [{ subject: '', reason: 'no answer' }],
  })
  expect(together([])).toEqual(well)
})
