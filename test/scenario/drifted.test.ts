/**
 * Every rule's fault, laid into an estate where all is well: each is found by its rule, and by no other. While half of Azure
 * does not answer it is neither taken back nor made worse, and nothing is added.
 */
import { describe, expect, it } from 'vitest'
import { drifts } from '../../sim/fleets/drifts.ts'
import { rules } from '../../src/lib/drift/rules/index.ts'
import type { RuleId } from '../../src/lib/plan/rule-ids.ts'
import { createDriftWorld } from '../support/drift-world.ts'
import { changesWhenHalfSeen } from '../support/half-seen.ts'

async function lookAt(rule: RuleId) {
  const world = createDriftWorld({ drift: drifts[rule] })
  const inventory = await world.take()
  const looks = world.look(inventory)
  return {
    changes: changesWhenHalfSeen(world, inventory, 25),
    found: looks.flatMap(({ findings }) => findings),
    unchecked: looks.flatMap(({ unchecked }) => unchecked.map((one) => `${one.rule}: ${one.reason}`)),
  }
}

describe('an estate with one fault', () => {
  it.each(rules.map(({ id }) => id))('%s finds its own, tells what was seen, and stays with it', async (rule) => {
    const { found, unchecked, changes } = await lookAt(rule)
    expect(unchecked).toEqual([])
    expect(found.map((one) => `${one.rule}: ${one.evidence}`)).toEqual(
      found.filter((one) => one.rule === rule).map((one) => `${one.rule}: ${one.evidence}`),
    )
    expect(found.length).toBeGreaterThan(0)
    for (const { subject, evidence } of found) {
      expect(subject.length).toBeGreaterThan(0)
      expect(evidence.length).toBeGreaterThan(20)
    }
    expect(changes).toEqual([])
  })
})
