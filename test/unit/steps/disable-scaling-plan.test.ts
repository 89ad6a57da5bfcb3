import { expect, test } from 'vitest'
import { disableScalingPlan } from '../../../src/lib/steps/disable-scaling-plan.ts'
import { gone, ids, now } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

const plan = (enabled: boolean, hostPoolId = ids.newPool, name = 'weekdays') => ({
  id: name,
  name,
  pools: [{ hostPoolId, enabled }],
})

test.each<[string, Scene, string]>([
  ['no plan at all is done', { plans: [] }, 'done'],
  ['a plan that is off already is done', { plans: [plan(false)] }, 'done'],
  ['a plan the other way is to be begun', { plans: [plan(true)] }, 'notBegun'],
  ['one plan of two the other way is to be begun', { plans: [plan(false), plan(true)] }, 'notBegun'],
  ['the pool is found in any letter case', { plans: [plan(true, ids.newPool.toUpperCase())] }, 'notBegun'],
  ['a plan of another pool does not count', { plans: [plan(true, ids.oldPool)] }, 'done'],
  ['plans that cannot be read tell nothing', { plans: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(disableScalingPlan, scene)).toBe(wanted)
})

test('a look is as old as its tick', async () => {
  expect((await look(disableScalingPlan, { plans: [] })).readAt).toBe(now)
})

test('only the plans that need it are set, for this pool', async () => {
  const plans = [plan(false), plan(true, ids.newPool, 'nights'), plan(true, ids.oldPool)]
  expect(await begin(disableScalingPlan, { plans })).toEqual({
    came: 'accepted',
    sent: [`scalingPlan nights ${ids.newPool} false`],
  })
})

test('a plan that refuses makes the whole begin refused, though another one was set', async () => {
  const answer = (line: string) =>
    line.includes('nights') ? { kind: 'refused' as const, fault: gone } : { kind: 'ok' as const, value: undefined }
  const plans = [plan(true), plan(true, ids.newPool, 'nights')]
  expect((await begin(disableScalingPlan, { plans, answer })).came).toBe('refused:unavailable')
})

test('nothing is set when the plans cannot be read', async () => {
  expect(await begin(disableScalingPlan, { plans: gone })).toEqual({ came: 'refused:unavailable', sent: [] })
})
