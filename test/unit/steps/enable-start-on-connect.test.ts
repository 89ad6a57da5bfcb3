import { expect, test } from 'vitest'
import { enableStartOnConnect } from '../../../src/lib/steps/enable-start-on-connect.ts'
import { gone, ids } from '../../support/step-things.ts'
import { begin, type Scene, see } from '../../support/steps.ts'

test.each<[string, Scene, string]>([
  ['a pool that is so already is done', { pool: { startVmOnConnect: true } }, 'done'],
  ['a pool the other way is to be begun', { pool: { startVmOnConnect: false } }, 'notBegun'],
  ['a pool that cannot be read tells nothing', { pool: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(enableStartOnConnect, scene)).toBe(wanted)
})

test('the pool of its own side is set', async () => {
  expect((await begin(enableStartOnConnect, { side: 'primary' })).sent).toEqual([`startOnConnect ${ids.oldPool} true`])
})

test('a lost answer is unknown', async () => {
  const answer = () => ({ kind: 'unknown' as const, fault: gone })
  expect((await begin(enableStartOnConnect, { answer })).came).toBe('unknown:unavailable')
})
