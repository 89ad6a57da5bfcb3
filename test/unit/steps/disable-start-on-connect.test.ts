import { expect, test } from 'vitest'
import { disableStartOnConnect } from '../../../src/lib/steps/disable-start-on-connect.ts'
import { gone, ids } from '../../support/step-things.ts'
import { begin, type Scene, see } from '../../support/steps.ts'

test.each<[string, Scene, string]>([
  ['a pool that is so already is done', { pool: { startVmOnConnect: false } }, 'done'],
  ['a pool the other way is to be begun', { pool: { startVmOnConnect: true } }, 'notBegun'],
  ['a pool that cannot be read tells nothing', { pool: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(disableStartOnConnect, scene)).toBe(wanted)
})

test('the pool of its own side is set', async () => {
  expect((await begin(disableStartOnConnect, { side: 'primary' })).sent).toEqual([
    `startOnConnect ${ids.oldPool} false`,
  ])
})

test('a lost answer is unknown', async () => {
  const answer = () => ({ kind: 'unknown' as const, fault: gone })
  expect((await begin(disableStartOnConnect, { answer })).came).toBe('unknown:unavailable')
})
