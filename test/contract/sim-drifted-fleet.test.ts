import { expect, test } from 'vitest'
import { driftedPlan, notInDrifted } from '../../sim/fleets/drifted.ts'
import { ruleIds } from '../../src/lib/plan/rule-ids.ts'
import { createDriftWorld } from '../support/drift-world.ts'

test('in the drifted fleet every rule finds something that may live beside the faults of the others', async () => {
  const world = createDriftWorld({ fleet: 'drifted', drift: { plan: driftedPlan } })
  const found = new Set(world.look(await world.take()).flatMap(({ findings }) => findings.map(({ rule }) => rule)))
  expect(ruleIds.filter((rule) => !found.has(rule))).toEqual(ruleIds.filter((rule) => notInDrifted.has(rule)))
})
