import { expect, test } from 'vitest'
import { minutes } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { createReplicatedWorld, version } from './sim-replicated-world.ts'

const body = (details: object = { recoveryPointType: 'Latest' }) => ({
  properties: {
    failoverDirection: 'PrimaryToRecovery',
    sourceSiteOperations: 'Required',
    providerSpecificDetails: [{ instanceType: 'A2A', ...details }],
  },
})

function world() {
  const made = createReplicatedWorld({}, { consistencyGroup: 2 })
  const { send, vault, sim } = made
  const plan = `${vault}/replicationRecoveryPlans/rp-mvg-1`
  return {
    ...made,
    post: (action: string, given: object = {}) => send(`${plan}/${action}?${version}`, { method: 'POST', body: given }),
    plans: async () => jsonOf(await send(`${vault}/replicationRecoveryPlans?${version}`)).value,
    jobs: async () =>
      jsonOf(await send(`${vault}/replicationJobs?${version}`)).value.map(
        ({ properties }: { properties: { targetObjectName: string; state: string } }) =>
          `${properties.targetObjectName} ${properties.state}`,
      ),
    states: async () => {
      sim.agenda.settle()
      return [...sim.estate.replicatedItems.values()].map(({ state }) => state.now())
    },
    accepted: () => sim.ledger.events().filter(({ kind }) => kind === 'failoverAccepted'),
  }
}

test('a plan lists the items of its group', async () => {
  const { plans, item } = world()
  const [plan, ...others] = await plans()
  expect(others).toEqual([])
  expect(plan).toMatchObject({ name: 'rp-mvg-1', properties: { replicationProviders: ['A2A'] } })
  const ids = plan.properties.groups.flatMap(
    ({ replicationProtectedItems }: { replicationProtectedItems: { id: string }[] }) =>
      replicationProtectedItems.map(({ id }) => id.toLowerCase()),
  )
  expect(ids).toHaveLength(2)
  expect(ids).toContain(item.id.toLowerCase())
})

test('its failover moves all of them at once, and its commit commits them', async () => {
  const { post, jobs, states, accepted, later } = world()
  expect((await post('unplannedFailover', body())).status).toBe(202)
  expect(new Set(accepted().map(({ at }) => at)).size).toBe(1)
  expect(accepted()).toHaveLength(2)
  await later(minutes(10))
  expect(await states()).toEqual(['CommitPending', 'CommitPending', 'Protected'])
  expect((await jobs()).sort()).toEqual(['avdd-uks-0001 Succeeded', 'avdd-uks-0002 Succeeded', 'rp-mvg-1 Succeeded'])
  expect((await post('failoverCommit')).status).toBe(202)
  await later(minutes(10))
  expect(await states()).toEqual(['Committed', 'Committed', 'Protected'])
})

test('with one that is not ready its job fails, and nobody moves', async () => {
  const { post, jobs, states, accepted, later, item } = world()
  item.state.set('Unprotected')
  expect((await post('unplannedFailover', body())).status).toBe(202)
  await later(minutes(10))
  expect(accepted()).toEqual([])
  expect(await states()).toEqual(['Unprotected', 'Protected', 'Protected'])
  expect(await jobs()).toEqual(['rp-mvg-1 Failed'])
})

test.each([
  ['without a kind of recovery point', body({})],
  ['of another provider', body({ instanceType: 'InMageRcm', recoveryPointType: 'Latest' })],
  ['without a direction', { properties: {} }],
])('a failover %s is refused', async (_, given) => {
  const { post, accepted } = world()
  expect((await post('unplannedFailover', given)).status).toBe(400)
  expect(accepted()).toEqual([])
})
