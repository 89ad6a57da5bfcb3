/** The app with exactly the rights that docs/reference/permissions.md names: it needs no other to move everybody, and back. */
import { expect, it } from 'vitest'
import type { Sim } from '../../sim/arm/types.ts'
import { setRights } from '../../sim/estate/surroundings.ts'
import type { FleetIds } from '../../sim/fleets/fleet-ids.ts'
import { driftTimer, followUpTimer } from '../../sim/virtual/app-timers.ts'
import { actions as access } from '../../src/lib/azure/access.ts'
import { actions as avd } from '../../src/lib/azure/avd.ts'
import { actions as compute } from '../../src/lib/azure/compute.ts'
import { actions as estate } from '../../src/lib/azure/estate.ts'
import { actions as extensions } from '../../src/lib/azure/extensions.ts'
import { actions as room } from '../../src/lib/azure/room.ts'
import { actions as siteRecovery } from '../../src/lib/azure/site-recovery.ts'
import { hours } from '../../src/lib/core/time.ts'
import { eventsOf, openScene, runThrough, type Scene } from './support/scene.ts'

const documented = [...access, ...avd, ...compute, ...estate, ...extensions, ...room, ...siteRecovery]
/** Of the app's processes; the person at the desk is somebody else. */
const theApp = '00000000-0000-4000-8000-0000000000a1'

async function openWith(actions: readonly string[]): Promise<Scene> {
  const arrange = (sim: Sim, { subscription }: FleetIds) =>
    setRights(sim, theApp, [{ scope: `/subscriptions/${subscription}`, actions }])
  const plan = { replicated: { reprotect: 'auto' } } as const
  return openScene({ arrange, plan, timers: [driftTimer, followUpTimer] })
}

const refusedIn = ({ sim }: Scene): readonly string[] => [
  ...new Set(
    sim.ledger
      .calls()
      .filter(({ status, principal }) => status === 403 && principal === theApp)
      .map(({ action }) => action.toLowerCase()),
  ),
]

it('nothing is refused on the way there and back, nor when desktops are protected again', async () => {
  const scene = await openWith(documented)
  await runThrough(scene, { pairId: 'pooled-uk' })
  await runThrough(scene, { pairId: 'pooled-uk', kind: 'failback' })
  await runThrough(scene, { pairId: 'personal-uk' })
  await scene.operator.pass(hours(8))
  scene.story.stop()
  expect(refusedIn(scene)).toEqual([])
  expect(eventsOf(scene, 'reprotectAccepted').length).toBe(scene.ids.personal.vms.length)
  expect(scene.operator.verdict().violations).toEqual([])
}, 120_000)

it('a right that is taken away is missed', async () => {
  const right = 'Microsoft.DesktopVirtualization/hostPools/sessionHosts/userSessions/delete'.toLowerCase()
  const less = documented.filter((one) => one.toLowerCase() !== right)
  expect(less).toHaveLength(documented.length - 1)
  const scene = await openWith(less)
  await scene.operator.begin({ pairId: 'pooled-uk' })
  await scene.operator.pass(hours(1))
  scene.story.stop()
  expect(refusedIn(scene)).toEqual([right])
}, 120_000)
