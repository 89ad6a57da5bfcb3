import { AuthorizationManagementClient } from '@azure/arm-authorization'
import { DesktopVirtualizationAPIClient } from '@azure/arm-desktopvirtualization'
import { v5 as uuidOf } from 'uuid'
import { expect, test } from 'vitest'
import { authorization } from '../../sim/arm/authorization.ts'
import { compute } from '../../sim/arm/compute.ts'
import { desktopVirtualization } from '../../sim/arm/desktop-virtualization.ts'
import { fleetIds } from '../../sim/fleets/fleet-ids.ts'
import { usualActivity } from '../../sim/fleets/fleet-options.ts'
import { createFleet } from '../../sim/fleets/fleets.ts'
import { judge } from '../../sim/judge/judge.ts'
import { noteEstate } from '../../sim/judge/note-estate.ts'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { createWorld, credentialOf } from './kernel-world.ts'

const ids = fleetIds('tiny')
const { primary, secondary } = ids.pooled
const groupOf = (resourceGroup: string) => resourceGroup.split('/').at(-1) ?? ''
const nameOf = (id: string) => id.split('/').at(-1) ?? ''

/** A real estate, real SDK clients, people who come back by themselves, and an operator who does it by hand. */
function office() {
  const world = createWorld({ providers: [authorization, compute, desktopVirtualization], timings: {} })
  createFleet('tiny', { userActivity: usualActivity })(world.sim)
  const start = noteEstate(world.sim.estate)
  const credential = credentialOf('operator')
  const access = new AuthorizationManagementClient(credential, ids.subscription, world.clientOptions).roleAssignments
  const avd = new DesktopVirtualizationAPIClient(credential, ids.subscription, world.clientOptions)
  const { clock, settled } = world
  const later = (length: number) => clock.run(clock.now() + length)

  const startSecondary = async () => {
    for (const vm of secondary.vms) {
      // Accepted is enough: the SDK's poller would wait in real time.
      await world.send(`${vm}/start?api-version=2026-04-01`, { method: 'POST' })
      await drain(secondary, vm, true)
    }
    await later(minutes(8))
  }
  const drain = (side: typeof primary, vm: string, allowNewSession: boolean) =>
    settled(
      avd.sessionHosts.update(groupOf(side.resourceGroup), nameOf(side.hostPool), nameOf(vm), {
        sessionHost: { allowNewSession },
      }),
    )
  const assignments = () =>
    [...world.sim.estate.roleAssignments.values()].filter(({ scope }) => primary.applicationGroups.includes(scope))
  const revokeAll = async () => {
    const revoked = assignments()
    for (const { scope, name } of revoked) await settled(access.delete(scope.slice(1), name))
    return revoked
  }
  const grantAll = async (revoked: ReturnType<typeof assignments>) => {
    for (const { scope, principalId, roleDefinitionId } of revoked) {
      const target = secondary.applicationGroups[primary.applicationGroups.indexOf(scope)] ?? ''
      const asked = { principalId, roleDefinitionId, principalType: 'Group' }
      await settled(access.create(target.slice(1), uuidOf(`${target}/${principalId}`, ids.tenant), asked))
    }
  }
  const signOutAll = async () => {
    for (const vm of primary.vms) await drain(primary, vm, false)
    for (const [key, host] of world.sim.estate.sessionHosts) {
      if (!key.startsWith(primary.hostPool.toLowerCase())) continue
      for (const session of host.sessions.keys()) {
        await settled(
          avd.userSessions.delete(groupOf(primary.resourceGroup), nameOf(primary.hostPool), host.name, session),
        )
      }
    }
    await later(minutes(2))
  }
  const verdict = () => {
    world.sim.agenda.settle()
    return judge(world.sim.ledger.events(), start, {
      pairs: [
        { id: 'pooled', strategy: 'pooledStandby', primary: sideOf(primary), secondary: sideOf(secondary), mapping },
      ],
      batchSize: 100,
      batchInterval: minutes(10),
    })
  }
  return { ...world, later, startSecondary, revokeAll, grantAll, signOutAll, assignments, verdict }
}
const sideOf = (side: typeof primary) => ({ hostPools: [side.hostPool], applicationGroups: side.applicationGroups })
const mapping = Object.fromEntries(primary.applicationGroups.map((id, i) => [id, secondary.applicationGroups[i] ?? '']))

test('an orderly move of a real estate is acquitted, and people work on the other side', async () => {
  const { startSecondary, revokeAll, signOutAll, grantAll, later, verdict, sim } = office()
  await startSecondary()
  const revoked = await revokeAll()
  await signOutAll()
  await grantAll(revoked)
  await later(minutes(15))
  const { violations, measures } = verdict()
  expect(violations).toEqual([])
  expect(measures.longestGap).toBeGreaterThan(minutes(2))
  expect(measures.longestGap).toBeLessThan(minutes(4))
  const there = sim.ledger
    .events()
    .filter((event) => event.kind === 'sessionOpened' && event.pool === secondary.hostPool.toLowerCase())
  expect(there.length).toBeGreaterThan(0)
})

test('granting before revoking is convicted by what is assigned and by what people could do', async () => {
  const { startSecondary, revokeAll, grantAll, assignments, later, verdict } = office()
  await startSecondary()
  await grantAll(assignments())
  await later(minutes(11))
  await revokeAll()
  await later(minutes(11))
  const rules = new Set(verdict().violations.map(({ rule }) => rule))
  expect(rules).toEqual(new Set(['assignedBothSides', 'usesBothSides']))
})

test('leaving sessions open is convicted although every assignment was moved in order', async () => {
  const { startSecondary, revokeAll, grantAll, later, verdict } = office()
  await startSecondary()
  const revoked = await revokeAll()
  await later(seconds(30))
  await grantAll(revoked)
  await later(minutes(15))
  const rules = new Set(verdict().violations.map(({ rule }) => rule))
  expect(rules).toEqual(new Set(['usesBothSides']))
})

test('revoking and never granting is convicted', async () => {
  const { revokeAll, later, verdict } = office()
  await revokeAll()
  await later(minutes(5))
  expect(new Set(verdict().violations.map(({ rule }) => rule))).toEqual(new Set(['leftWithNeither']))
})
