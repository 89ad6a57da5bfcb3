import { expect, test } from 'vitest'
import { awaitVm } from '../../../src/lib/steps/await-vm.ts'
import { before, desktop, gone, ids, now, pendingItem } from '../../support/step-things.ts'
import { look, type Scene, see } from '../../support/steps.ts'

const made = `${ids.newVm}-made`
const items = [pendingItem()]
const known = { items: [pendingItem({ targetVmId: made })] }

test.each<[string, Scene, string]>([
  ['the planned VM running is done', { items, power: { [ids.newVm]: 'running' } }, 'done'],
  [
    'the VM that the item names counts instead',
    { ...known, power: { [ids.newVm]: 'running', [made]: 'starting' } },
    'notBegun',
  ],
  ['in any letter case', { ...known, power: { [made.toUpperCase()]: 'running' } }, 'done'],
  ['starting is not yet', { items, power: { [ids.newVm]: 'starting' } }, 'notBegun'],
  ['deallocated is not yet', { items, power: { [ids.newVm]: 'deallocated' } }, 'notBegun'],
  ['a word that is new to us is not yet', { items, power: { [ids.newVm]: 'unknown' } }, 'notBegun'],
  ['a VM that is not listed yet tells nothing', { items, power: {} }, 'couldNotLook:notFound!'],
  ['a vault that cannot be read leaves the planned VM', { items: gone, power: { [ids.newVm]: 'running' } }, 'done'],
  ['so does an item that is missing', { items: [], power: { [ids.newVm]: 'running' } }, 'done'],
  ['power unread tells nothing', { items, power: gone }, 'couldNotLook:unavailable!'],
  [
    'an older listing proves nothing',
    { items, power: { [ids.newVm]: 'running' }, startedAt: { powerStates: before } },
    'underway',
  ],
])('%s', async (_, scene, wanted) => {
  expect(await see(awaitVm, { subject: desktop, ...scene })).toBe(wanted)
})

test('a look is as old as the older of the listings it used', async () => {
  const scene: Scene = {
    ...known,
    power: { [made]: 'running' },
    enteredAt: 0,
    startedAt: { replicatedItems: now - 7, powerStates: now - 2 },
  }
  expect((await look(awaitVm, { subject: desktop, ...scene })).readAt).toBe(now - 7)
})
