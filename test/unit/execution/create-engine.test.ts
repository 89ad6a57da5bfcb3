import { expect, it } from 'vitest'
import { createEngine, type EngineParts } from '../../../src/lib/execution/create-engine.ts'
import type { Gateways } from '../../../src/lib/ports/gateways.ts'
import { steps } from '../../../src/lib/steps/index.ts'
import { hostSpec, openEngine, putOperation } from '../../support/engine-world.ts'
import { planOf } from '../../support/plans.ts'
import { host, ids } from '../../support/step-things.ts'

/** Gateways that list the hosts of a pool, and by whose name they were asked. */
function gatewaysOf(name: string, asked: string[]): Gateways {
  const sessionHosts = async () => {
    asked.push(name)
    return { kind: 'ok', value: [host()] }
  }
  return { avd: { sessionHosts } } as unknown as Gateways
}

function engineOf(parts: Partial<EngineParts> = {}) {
  const opened = openEngine()
  return { ...opened, engine: createEngine({ ...opened.world, plan: () => planOf(), ...parts }) }
}

it('an engine has every step, and everything it was made of', () => {
  const { engine, world } = engineOf()
  expect(engine.world.steps).toBe(steps)
  expect(engine.world.operations).toBe(world.operations)
})

it('an engine lists with what is kept back from everybody else: what is looked at is what is begun on', async () => {
  const asked: string[] = []
  const gateways = { ...gatewaysOf('usual', asked), for: (name: string) => gatewaysOf(name, asked) } as Gateways
  const { engine } = engineOf({ gateways })
  const listed = await engine.world.fleet.sessionHosts(ids.newPool)
  expect(listed.kind === 'ok' && [...listed.value.value.keys()]).toEqual(['avd-1'])
  expect(asked).toEqual(['urgent'])
  expect(engine.world.gateways).toBe(gateways)
})

it('an engine lists with what there is, where nothing is kept back', async () => {
  const asked: string[] = []
  const { engine } = engineOf({ gateways: gatewaysOf('usual', asked) })
  await engine.world.fleet.sessionHosts(ids.newPool)
  expect(asked).toEqual(['usual'])
})

it('an engine without a usable plan ticks all the same, and says so only to who plans', async () => {
  const plan = () => {
    throw new Error('the plan has problems')
  }
  const opened = engineOf({ plan })
  const { specHash } = await putOperation(opened)
  expect((await opened.engine.specOf(specHash)).spec).toEqual(hostSpec())
  expect(() => opened.engine.plan).toThrow('the plan has problems')
})

it('an engine reads its plan anew whenever it is asked for', () => {
  const plans = ['one', 'two'].map((name) => ({ ...planOf(), name }))
  const { engine } = engineOf({ plan: () => plans.shift() ?? planOf() })
  expect([engine.plan.name, engine.plan.name]).toEqual(['one', 'two'])
})
