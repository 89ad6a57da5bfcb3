import { readFileSync } from 'node:fs'
import Ajv2020 from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { fleetIds } from '../../../sim/fleets/fleet-ids.ts'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import { readPlan } from '../../../src/lib/plan/read-plan.ts'
import { planSchemaText } from '../../../tools/plan-schema.ts'

const text = (name: string) => readFileSync(new URL(`../../../plans/${name}`, import.meta.url), 'utf8')
const example = text('example.plan.yaml')

describe('the example plan', () => {
  it('is valid and without warnings', () => {
    expect(readPlan(example)).toMatchObject({ ok: true, warnings: [] })
  })

  it('protects the demo fleet', () => {
    const [shown, made] = [readPlan(example), readPlan(planTextFor(fleetIds('demo')))]
    if (!shown.ok || !made.ok) throw new Error('not valid')
    const essence = ({ pairs }: typeof shown.plan) =>
      pairs.map(({ id, strategy, tier, vault, applicationGroups, groups, primary, secondary }) => {
        const side = ({ subscription, resourceGroup, hostPool, region }: typeof primary) => [
          subscription,
          resourceGroup,
          hostPool,
          region,
        ]
        return {
          id,
          strategy,
          tier,
          vault,
          applicationGroups,
          groups,
          primary: side(primary),
          secondary: side(secondary),
        }
      })
    expect(essence(shown.plan)).toEqual(essence(made.plan))
  })

  it('shows every option there is', () => {
    const shown = new Set([...example.matchAll(/(\w+):/g)].map(([, word]) => word))
    expect(keysOf(JSON.parse(planSchemaText())).filter((key) => !shown.has(key))).toEqual([])
  })
})

describe('the schema for editors', () => {
  it('is the one the product checks with: run `node tools/plan-schema.ts`', () => {
    expect(text('plan.schema.json')).toBe(planSchemaText())
  })

  it('accepts the example and refuses an option it does not know', () => {
    const validate = new Ajv2020.default({ strict: false }).compile(JSON.parse(planSchemaText()))
    expect(validate(parse(example))).toBe(true)
    expect(validate(parse(example.replace('tier: 2', 'teir: 2')))).toBe(false)
  })
})

describe('the plans of the fleets', () => {
  it.each(['tiny', 'small', 'demo', 'thousand'] as const)('%s has a valid one', (fleet) => {
    expect(readPlan(planTextFor(fleetIds(fleet)))).toMatchObject({ ok: true })
  })

  it('takes other limits', () => {
    const overrides = {
      batchSize: 7,
      batchInterval: '30 s',
      grace: '0 s',
      minimumCapacity: 3,
      deadSideDeadline: '20 s',
    }
    const read = readPlan(planTextFor(fleetIds('tiny'), { ...overrides, capacityDeadline: '2 min' }))
    expect(read).toMatchObject({
      ok: true,
      plan: {
        limits: { batchSize: 7, batchInterval: 30_000, deadSideDeadline: 20_000 },
        pairs: [{ grace: 0, minimumCapacity: { hosts: 3 }, capacityDeadline: 120_000 }, { grace: 0 }],
      },
    })
  })
})

function keysOf(node: unknown): readonly string[] {
  if (node === null || typeof node !== 'object') return []
  const properties = 'properties' in node ? Object.keys(node.properties as object) : []
  return [...new Set([...properties, ...Object.values(node).flatMap(keysOf)])]
}
