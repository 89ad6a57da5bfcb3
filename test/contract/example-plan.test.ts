/** The example of the documentation is the plan of the demo: all that it names exists there, and rules find nothing. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createDriftWorld } from '../support/drift-world.ts'

test('rules find nothing in the demo by the example plan, and can check everything', async () => {
  const planText = readFileSync(new URL('../../plans/example.plan.yaml', import.meta.url), 'utf8')
  const world = createDriftWorld({ fleet: 'demo', planText })
  const looks = world.look(await world.take())
  expect(looks.flatMap(({ findings }) => findings.map(({ rule, evidence }) => `${rule}: ${evidence}`))).toEqual([])
  expect(looks.flatMap(({ unchecked }) => unchecked.map(({ rule, reason }) => `${rule}: ${reason}`))).toEqual([])
})
