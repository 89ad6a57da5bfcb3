import { expect, test } from 'vitest'
import { itemsByVm, sideOf, stateOf } from '../../../src/lib/followups/items.ts'
import { planOf, vmIdOf } from '../../support/plans.ts'
import { committed, item, moved, reprotected } from './scene.ts'

const pair = (() => {
  const found = planOf().pairs.find(({ id }) => id === 'personal')
  if (!found) throw new Error('the plan has it')
  return found
})()

test.each([
  ['protected', item('a'), 'protected', 'primary'],
  ['failed over', moved('a'), 'moved', 'secondary'],
  ['committed', committed('a'), 'moved', 'secondary'],
  ['being protected again', reprotected('a', { protectionState: 'UnprotectedStatesBegin' }), 'settling', 'secondary'],
  ['protected again', reprotected('a'), 'protected', 'secondary'],
  [
    'protected again, by its other name for the place',
    reprotected('a', { activeLocation: 'Recovery' }),
    'protected',
    'secondary',
  ],
  [
    'protected by its state alone',
    item('a', { activeLocation: 'Recovery', allowedOperations: [] }),
    'settling',
    'primary',
  ],
  ['home again', reprotected('a', { protectionState: 'UnplannedFailoverCommitted' }), 'moved', 'primary'],
  ['in a state that is new', item('a', { protectionState: 'Improved' }), 'settling', 'primary'],
] as const)('an item that is %s', (_, one, state, side) => {
  expect([stateOf(one), sideOf(one, pair)]).toEqual([state, side])
})

test('where both sides have one resource group, the direction of replication tells them apart', () => {
  const same = { ...pair, secondary: { ...pair.secondary, vmResourceGroup: 'rg-p' } }
  expect(sideOf(item('a'), same)).toBe('primary')
  expect(sideOf(item('a', { targetLocation: 'UK South' }), same)).toBe('secondary')
})

test('items of one name in another resource group of the vault are not of the pair', () => {
  const foreign = item('pc-1', { id: '/other', sourceVmId: vmIdOf('rg-web', 'pc-1') })
  const byVm = itemsByVm([foreign, reprotected('pc-1'), moved('PC-1')], pair)
  expect(byVm.get('pc-1')?.map((one) => stateOf(one))).toEqual(['moved', 'protected'])
})
