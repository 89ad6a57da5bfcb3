import { expect, test } from 'vitest'
import { killRegion, reviveRegion } from '../../sim/estate/regions.ts'
import { optionsOf } from '../../sim/fleets/fleet-options.ts'
import { callsInto } from '../../sim/judge/tripwire.ts'
import { createFleetWorld } from './sim-world.ts'

function world() {
  const made = createFleetWorld(optionsOf('tiny', { openSessions: false }))
  const { handle, ids } = made
  const ask = (path: string, version: string, query = {}) =>
    handle({ method: 'GET', path, query: { 'api-version': version, ...query }, headers: {}, principal: 'someone' })
  const machines = `${ids.pooled.primary.resourceGroup}/providers/Microsoft.Compute/virtualMachines`
  return { ...made, ask, machines: () => ask(machines, '2026-04-01') }
}

test('a region that is silent takes a request and says nothing, one without a way to it takes none', () => {
  const { sim, ids, machines } = world()
  killRegion(sim, ids.primaryLocation)
  expect(machines()).toBe('hang')
  reviveRegion(sim, ids.primaryLocation)
  expect(machines()).toMatchObject({ status: 200 })
  killRegion(sim, ids.primaryLocation, 'unreachable')
  expect(machines()).toBe('noConnection')
})

test('a region that answers with garbage never says anything that could be taken for a list', () => {
  const { sim, ids, machines } = world()
  killRegion(sim, ids.primaryLocation, 'garbage')
  const answers = Array.from({ length: 60 }, machines)
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBeGreaterThan(3)
  for (const answer of answers) {
    if (typeof answer === 'string') throw new Error(`it is ${answer}`)
    expect(Array.isArray((answer.body as { value?: unknown } | null | undefined)?.value)).toBe(false)
  }
})

test('calls tell whose region they are about: by path, by filter, or nobody’s', () => {
  const { sim, ids, ask, machines } = world()
  const subscription = `/subscriptions/${ids.subscription}/providers/Microsoft.Compute`
  const known = () => callsInto(sim, ids.primaryLocation).length
  machines()
  expect(known()).toBe(1)
  ask(`${subscription}/skus`, '2021-07-01', { $filter: `location eq '${ids.primaryLocation}'` })
  expect(known()).toBe(2)
  ask(`${subscription}/virtualMachines`, '2026-04-01', { statusonly: 'true' })
  ask(ids.pooled.primary.hostPool, '2024-04-03')
  ask(`${ids.pooled.primary.hostPool}/providers/Microsoft.Authorization/roleAssignments`, '2022-04-01')
  expect(known()).toBe(2)
  expect(callsInto(sim, ids.primaryLocation, 1)).toHaveLength(1)
})
