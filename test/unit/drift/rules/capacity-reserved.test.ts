import { describe, expect, test } from 'vitest'
import { capacityReserved } from '../../../../src/lib/drift/rules/capacity-reserved.ts'
import type { Reservation } from '../../../../src/lib/model/azure.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import { pooledSeen, withSide } from '../../../support/plans.ts'
import { well } from '../../../support/pool-drift.ts'
import { comingWith, reservationGroup } from '../../../support/room-stories.ts'
import { contextOf, withGap } from '../../../support/rule-context.ts'
import { mapVms } from '../../../support/side-traits.ts'

const reserved = (capacity: number, traits: Partial<Reservation> = {}): Reservation => ({
  size: 'Standard_D4s_v5',
  capacity,
  allocated: 0,
  ...traits,
})
const inGroup = mapVms(pooledSeen, 'secondary', (vm) => ({ ...vm, capacityReservationGroup: reservationGroup }))
const holding = (seen: PairSeen, ...reservations: readonly Reservation[]) =>
  withSide(seen, 'secondary', { reservations: [{ id: reservationGroup.toUpperCase(), reservations }] })
const check = (seen: PairSeen) => capacityReserved.check(contextOf({ seen }))

describe('capacity-reserved for pools', () => {
  test('is well when there is room for all that are off', () => {
    expect(check(holding(inGroup, reserved(4)))).toEqual(well)
    expect(check(holding(inGroup, reserved(3), reserved(2, { allocated: 1 })))).toEqual(well)
  })

  test('does not count machines that are on: they have their room', () => {
    const one = mapVms(inGroup, 'secondary', (vm) => (vm.name === 'vm-w1' ? { ...vm, power: 'running' } : vm))
    expect(check(holding(one, reserved(4, { allocated: 1 })))).toEqual(well)
    expect(check(holding(one, reserved(3, { allocated: 1 }))).findings).toHaveLength(1)
  })

  test('advises of machines that are in no group', () => {
    const some = mapVms(inGroup, 'secondary', (vm) =>
      vm.name === 'vm-w1' ? vm : { ...vm, capacityReservationGroup: '' },
    )
    expect(check(holding(some, reserved(4))).findings).toEqual([
      {
        subject: 'secondary',
        severity: 'advice',
        evidence: '3 of 4 machines that would start on the secondary side are in no capacity reservation group.',
      },
    ])
  })

  test('asks nothing for machines that run on, as on the side that was left', () => {
    const seen = mapVms(pooledSeen, 'primary', (vm) => ({ ...vm, power: 'running' }))
    expect(capacityReserved.check(contextOf({ seen, pairState: { activeSide: 'secondary' } }))).toEqual(well)
  })

  test.each([
    ['too few', [reserved(3)], 3],
    ['another size', [reserved(9, { size: 'Standard_D8s_v5' })], 0],
    ['another zone', [reserved(9, { zone: '1' })], 0],
    ['more in use than reserved', [reserved(2, { allocated: 3 })], 0],
    ['none', [], 0],
  ] as const)('warns of a group that reserves %s', (_, reservations, free) => {
    expect(check(holding(inGroup, ...reservations)).findings).toEqual([
      {
        subject: 'crg-w/Standard_D4s_v5',
        evidence: `crg-w/Standard_D4s_v5: 4 machines are off, ${free} are reserved and free.`,
      },
    ])
  })

  test('could not check machines of which it is not known whether they are on, unless the others are too many', () => {
    const unknown = mapVms(inGroup, 'secondary', (vm) => (vm.name === 'vm-w1' ? { ...vm, power: 'unknown' } : vm))
    expect(check(holding(unknown, reserved(4)))).toEqual(well)
    expect(check(holding(unknown, reserved(3)))).toEqual({
      findings: [],
      unchecked: [{ subject: 'crg-w/Standard_D4s_v5', reason: 'whether 1 machines are on is not known' }],
    })
    expect(check(holding(unknown, reserved(2))).findings).toHaveLength(1)
    const alone = mapVms(pooledSeen, 'secondary', (vm) => ({ ...vm, power: 'unknown' }))
    expect(check(alone)).toEqual({
      findings: [],
      unchecked: [{ subject: 'secondary', reason: 'whether 4 machines are on is not known' }],
    })
  })

  test('finds no shortage that an operation may have made by starting hosts while they were listed', () => {
    const heldBy = { operationId: 'op-1', kind: 'keepAlive' } as const
    const outcome = (...reservations: readonly Reservation[]) =>
      capacityReserved.check(contextOf({ seen: holding(inGroup, ...reservations), pairState: { heldBy } }))
    expect(outcome(reserved(4, { allocated: 1 })).unchecked).toEqual([
      { subject: 'crg-w/Standard_D4s_v5', reason: 'an operation starts and stops hosts' },
    ])
    expect(outcome(reserved(3)).findings).toHaveLength(1)
    expect(check(holding(inGroup, reserved(4, { allocated: 1 }))).findings).toHaveLength(1)
  })

  test('warns of a group that does not exist', () => {
    expect(check(inGroup).findings.map(({ subject }) => subject)).toEqual(['crg-w/Standard_D4s_v5'])
  })

  test('could not check behind a gap', () => {
    expect(check(withGap(inGroup, 'secondary', 'reservations', 'asLastSeen'))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'secondary: reservations: the region does not answer' }],
    })
  })
})

describe('capacity-reserved for desktops', () => {
  const coming = comingWith({ capacityReservationGroup: reservationGroup })
  const checkDesktops = (seen: PairSeen) => capacityReserved.check(contextOf({ pair: 'personal', seen }))

  test('is well when there is room for all that would be made', () => {
    expect(checkDesktops(holding(coming, reserved(3)))).toEqual(well)
  })

  test('finds missing groups and too little room as planning does, and advises where nothing is reserved', () => {
    const told = (seen: PairSeen) => checkDesktops(seen).findings.map(({ subject, severity }) => [subject, severity])
    expect(told(coming)).toEqual([['crg-w', 'critical']])
    expect(told(holding(coming))).toEqual([['crg-w/Standard_D4s_v5', 'critical']])
    expect(told(holding(coming, reserved(2)))).toEqual([['crg-w/Standard_D4s_v5', 'warning']])
    expect(told(comingWith({}))).toEqual([['secondary', 'advice']])
  })

  test('could not check behind a gap', () => {
    expect(checkDesktops(withGap(coming, 'secondary', 'reservations', 'asLastSeen')).unchecked).toHaveLength(1)
  })
})
