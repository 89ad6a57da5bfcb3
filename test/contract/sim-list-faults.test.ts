/** Lists as real services cut them now and then, and long operations that take for ever. */
import { expect, test } from 'vitest'
import type { FaultRule } from '../../sim/arm/faults.ts'
import { minutes } from '../../src/lib/core/time.ts'
import { createFleetWorld } from './sim-world.ts'

const fleet = { personalVms: 5, users: 5, groups: 1, switches: { pageSize: 2 } } as const

function troubled(kind: FaultRule['kind'], more: Partial<FaultRule> = {}) {
  const world = createFleetWorld(fleet, { faults: { rules: [{ action: /./, kind, ...more }] } })
  const [, , , , group = '', , , , pool = ''] = world.ids.personal.hostPool.split('/')
  const hosts = async () =>
    (await world.all(world.avd.sessionHosts.list(group, pool))).map(({ name = '' }) => Number(name.slice(-1)))
  return { ...world, hosts }
}

test.each([
  ['pageRepeated', [1, 2, 1, 2, 3, 4, 5]],
  ['pageEmpty', [1, 2, 3, 4, 5]],
  ['entryTwice', [1, 2, 2, 3, 4, 5]],
  ['entryMissing', [1, 2, 4, 5]],
] as const)('%s: what the client of a list of five in pages of two gets', async (kind, wanted) => {
  const { hosts, sim } = troubled(kind, { action: /sessionHosts\/read$/i, times: 1 })
  expect(await hosts()).toEqual(wanted)
  expect(sim.faults.counts()).toEqual({ [kind]: 1 })
  expect(await hosts()).toEqual([1, 2, 3, 4, 5])
})

test('an empty page says that there is more', async () => {
  const { ids, sim, send } = troubled('pageEmpty', { times: 1 })
  const path = `${ids.personal.hostPool}/sessionHosts?api-version=2024-04-03`
  expect(JSON.parse((await send(path)).bodyAsText ?? '')).toMatchObject({ value: [], nextLink: expect.anything() })
  expect(sim.faults.counts()).toEqual({ pageEmpty: 1 })
})

test('a list of one page loses nothing and repeats no single entry', async () => {
  for (const kind of ['entryTwice', 'entryMissing'] as const) {
    const world = createFleetWorld({ ...fleet, switches: {} }, { faults: { rules: [{ action: /./, kind }] } })
    const [, , , , group = '', , , , pool = ''] = world.ids.personal.hostPool.split('/')
    expect(await world.all(world.avd.sessionHosts.list(group, pool))).toHaveLength(5)
    expect(world.sim.faults.counts()).toEqual({})
  }
})

test.each([
  ['late', true],
  ['stuck', false],
] as const)(
  '%s: a machine that is started is still starting after a quarter of an hour, and runs in the end: %s',
  async (kind, ends) => {
    const { compute, settled, later, ids, sim } = troubled(kind, { action: /start\/action$/ })
    const [id = ''] = ids.personal.vms
    const [, , , , group = '', , , , name = ''] = id.split('/')
    await settled(compute.virtualMachines.deallocate(group, name).submitted())
    await later(minutes(3))
    await settled(compute.virtualMachines.start(group, name).submitted())
    const power = () => sim.estate.vms.get(id.toLowerCase())?.power.now()
    await later(minutes(15))
    sim.agenda.settle()
    expect(power()).toBe('starting')
    await later(minutes(24 * 60))
    sim.agenda.settle()
    expect(power()).toBe(ends ? 'running' : 'starting')
  },
)

test('no connection is an error of the connection, and nothing was carried out', async () => {
  const { send, ids, sim } = troubled('noConnection')
  const asked = send(`${ids.personal.hostPool}/sessionHosts?api-version=2024-04-03`)
  await expect(asked).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect(sim.ledger.calls()).toEqual([expect.objectContaining({ status: 0, injected: 'noConnection' })])
})
