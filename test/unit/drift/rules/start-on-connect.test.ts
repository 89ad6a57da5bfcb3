import { describe, expect, test } from 'vitest'
import { startOnConnect as rule } from '../../../../src/lib/drift/rules/start-on-connect.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import { afterFailover } from '../../../support/host-traits.ts'
import { personalSeen, pooledSeen, withSide } from '../../../support/plans.ts'
import { contextOf, type RuleStory, withGap } from '../../../support/rule-context.ts'

const starting = (seen: PairSeen, ...sides: readonly ('primary' | 'secondary')[]): PairSeen =>
  sides.reduce((all, side) => {
    const { hostPool } = all[side]
    return hostPool ? withSide(all, side, { hostPool: { ...hostPool, startVmOnConnect: true } }) : all
  }, seen)
const check = (story: RuleStory) => rule.check(contextOf(story))
const nothing = { findings: [], unchecked: [] }

describe('start-on-connect', () => {
  test('is well on the side in use', () => {
    expect(check({ seen: starting(pooledSeen, 'primary') })).toEqual(nothing)
    expect(check({ seen: starting(pooledSeen, 'secondary'), pairState: afterFailover })).toEqual(nothing)
  })

  test('advises in peace to switch it off on the side that stands by', () => {
    expect(check({ seen: starting(pooledSeen, 'secondary') }).findings).toEqual([
      {
        subject: 'hp-w',
        severity: 'advice',
        evidence: 'hp-w of the secondary side, which stands by, starts hosts for whoever connects.',
        fix: { kind: 'disableStartOnConnect', side: 'secondary' },
      },
    ])
  })

  test('warns of the side that was left', () => {
    expect(
      check({ seen: starting(pooledSeen, 'primary', 'secondary'), pairState: afterFailover }).findings,
    ).toMatchObject([{ subject: 'hp-s', severity: 'warning', fix: { side: 'primary' } }])
  })

  test('of desktops warns while they are away; there is no side to put right', () => {
    const seen = starting(personalSeen, 'primary', 'secondary')
    expect(check({ pair: 'personal', seen })).toEqual(nothing)
    const { findings } = check({ pair: 'personal', seen, pairState: afterFailover })
    expect(findings).toEqual([
      { subject: 'hp-p', evidence: 'hp-p starts desktops on connect; users left the primary.' },
    ])
    expect(check({ pair: 'personal', pairState: afterFailover })).toEqual(nothing)
  })

  test.each(['missing', 'asLastSeen'] as const)('could not check a pool that is %s behind a gap', (part) => {
    expect(check({ seen: withGap(starting(pooledSeen, 'secondary'), 'secondary', 'hostPool', part) })).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'secondary: hostPool: the region does not answer' }],
    })
  })
})
