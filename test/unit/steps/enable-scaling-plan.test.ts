import { expect, test } from 'vitest'
import { enableScalingPlan } from '../../../src/lib/steps/enable-scaling-plan.ts'
import { gone, ids, now } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

const plan = (enabled: boolean, hostPoolId = ids.newPool, name = 'weekdays') => ({
  id: name,
  name,
  pools: [{ hostPoolId, enabled }],
})

test.each<[string, Scene, string]>([
  ['no plan at all is done', { plans: [] }, 'done'],
  ['a plan that is on already is done', { plans: [plan(true)] }, 'done'],
  ['a plan the other way is to be begun', { plans: [plan(false)] }, 'notBegun'],
  ['one plan of two the other way is to be begun', { plans: [plan(true), plan(false)] }, 'notBegun'],
  ['the pool is found in any letter case', { plans: [plan(false, ids.newPool.toUpperCase())] }, 'notBegun'],
  ['a plan of another pool does not count', { plans: [plan(false, ids.oldPool)] }, 'done'],
  ['plans that cannot be read tell nothing', { plans: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(enableScalingPlan, scene)).toBe(wanted)
})

test('a look is as old as its tick', async () => {
  expect((await look(enableScalingPlan, { plans: [] })).readAt).toBe(now)
})

test('only the plans that need it are set, for this pool', async () => {
  const plans = [plan(true), plan(false, ids.newPool, 'nights'), plan(false, ids.oldPool)]
  expect(await begin(enableScalingPlan, { plans })).toEqual({
    came: 'accepted',
    sent: [`scalingPlan nights ${ids.newPool} true`],
  })
})

test('a plan that refuses makes the whole begin refused, though another one was set', async () => {
  const answer = (line: string) =>
    line.includes('nights') ? { kind: 'refused' as const, fault: gone } : { kind: 'ok' as const, value: undefined }
  const plans = [plan(false), plan(false, ids.newPool, 'nights')]
  expect((await begin(enableScalingPlan, { plans, answer })).came).toBe('refused:unavailable')
})

test('nothing is set when the plans cannot be read', async () => {
  expect(await begin(enableScalingPlan, { plans: gone })).toEqual({ came: 'refused:unavailable', sent: [] })
})
