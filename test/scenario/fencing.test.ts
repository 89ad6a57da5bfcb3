/** After a failover the primary comes back to life by itself: found, told, and where the plan says so corrected. */
import { describe, expect, it } from 'vitest'
import { killRegion, reviveRegion } from '../../sim/estate/regions.ts'
import { driftTimer } from '../../sim/virtual/app-timers.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Instant, minutes } from '../../src/lib/core/time.ts'
import { desktopVirtualizationUser } from '../../src/lib/model/azure.ts'
import { eventsOf, openScene, pooledOnly, type Scene, toTheEnd } from './support/scene.ts'

const pairId = 'pooled-uk'
const rules = ['inactive-side-fenced', 'one-side-has-access', 'scaling-plans-paired', 'start-on-connect'] as const

/** One turn of the timer, one operation of a minute or two. */
const correctedWithin = minutes(20)
/** A revoked role can go on working for up to 10 minutes (Azure RBAC troubleshooting). */
const tail = minutes(10)

type Revived = Scene & { readonly at: Instant }

/** Users are on the secondary side when the primary is there again: its machines run, and somebody makes it as it was. */
async function revived(policy: 'auto' | 'propose'): Promise<Revived> {
  const scene = await openScene({
    fleet: pooledOnly,
    plan: { drift: { fix: Object.fromEntries(rules.map((rule) => [rule, policy])) } },
    timers: [driftTimer],
  })
  const { sim, ids, operator, story } = scene
  killRegion(sim, ids.primaryLocation)
  await operator.pass(minutes(2))
  const id = await operator.begin({ pairId, primaryIsDown: true, grantWithoutSignOutProof: true })
  await toTheEnd(scene, id)
  expect((await operator.operation(id)).state.pastNoReturn).toBe(true)
  reviveRegion(sim, ids.primaryLocation)
  await operator.pass(minutes(10))
  const at = story.region.clock.now()
  await byHand(scene)
  return { ...scene, at }
}

async function byHand({ ids, operator, story }: Scene): Promise<void> {
  const { avd, access } = story.desk.world.gateways
  const { hostPool, applicationGroups } = ids.pooled.primary
  const fence = { notAfter: story.desk.world.clock.monotonic() + minutes(1) }
  const hosts = await operator.ask(avd.sessionHosts(hostPool))
  for (const { name } of hosts.kind === 'ok' ? hosts.value : [])
    await operator.ask(avd.setAllowNewSession(hostPool, name, true, fence))
  const plans = await operator.ask(avd.scalingPlans(hostPool))
  for (const plan of plans.kind === 'ok' ? plans.value : [])
    await operator.ask(avd.setScalingPlanEnabled(plan, hostPool, true, fence))
  await operator.ask(avd.setStartVmOnConnect(hostPool, true, fence))
  const roleDefinitionId = `/subscriptions/${ids.subscription}/providers/Microsoft.Authorization/roleDefinitions/${desktopVirtualizationUser}`
  const [scope = '', [group]] = [applicationGroups[0], ids.groups]
  const grant = { scope, principalId: group?.id ?? '', principalType: 'Group', roleDefinitionId }
  const granted = await operator.ask(access.grant(grant, fence))
  expect(granted.kind).toBe('ok')
}

const later = <E extends { readonly at: Instant }>(events: readonly E[], at: Instant) =>
  events.filter((one) => one.at > at)

const findingsOf = async ({ operator, story }: Scene) =>
  (await operator.ask(story.desk.world.findings.load(pairId, () => undefined))).findings

const told = ({ story }: Scene) =>
  story.storage
    .queue('notifications')
    .peekAll()
    .map(({ text }) => JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as { readonly event: string })
    .filter(({ event }) => event === 'findings')

describe('a primary that comes back to life while users are on the secondary', () => {
  it('is fenced again where the plan says auto: nobody keeps both sides', async () => {
    const scene = await revived('auto')
    const { at, ids, operator } = scene
    const { hostPool } = ids.pooled.primary
    await operator.pass(correctedWithin + tail + minutes(5))
    scene.story.stop()
    const found = await findingsOf(scene)
    expect(new Set(found.filter(({ status }) => status === 'resolved').map(({ rule }) => rule))).toEqual(new Set(rules))

    const primary = idKey(hostPool)
    const ours = [
      ...later(eventsOf(scene, 'drainSet'), at).filter(({ allowNewSession }) => !allowNewSession),
      ...later(eventsOf(scene, 'scalingPlanSet'), at).filter(({ enabled }) => !enabled),
      ...later(eventsOf(scene, 'startOnConnectSet'), at).filter(({ enabled }) => !enabled),
    ]
    expect(new Set(ours.map(({ pool }) => idKey(pool)))).toEqual(new Set([primary]))
    expect(new Set(ours.map(({ kind }) => kind)).size).toBe(3)
    const revoked = later(eventsOf(scene, 'revoked'), at)
    expect(revoked.map(({ scope }) => idKey(scope))).toEqual([idKey(ids.pooled.primary.applicationGroups[0] ?? '')])
    expect((revoked[0]?.at ?? 0) - at).toBeLessThanOrEqual(correctedWithin)
    expect(scene.picture().filter((line) => /^host hp-pooled-uks\/.* accepts/.test(line))).toEqual([])

    // Both sides were somebody's doing, and end with what corrects it.
    const { violations } = operator.verdict()
    expect(new Set(violations.map(({ rule }) => rule))).toEqual(new Set(['assignedBothSides', 'usesBothSides']))
    const last = Math.max(...violations.map((one) => one.at))
    expect(last - at).toBeLessThanOrEqual(correctedWithin + tail)
    const usable = (await operator.ask(scene.story.desk.world.pairs.load(pairId))).value.revokedAt?.primary ?? 0
    // A failback lets nobody in before what was taken away has stopped working.
    expect(usable).toBeGreaterThanOrEqual(revoked[0]?.at ?? Number.POSITIVE_INFINITY)
  })

  it('is found critical and told, and left alone where the plan says propose', async () => {
    const scene = await revived('propose')
    const { at } = scene
    await scene.operator.pass(minutes(40))
    scene.story.stop()
    const open = (await findingsOf(scene)).filter(({ status }) => status === 'open')
    expect(open.filter(({ severity }) => severity === 'critical').map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['inactive-side-fenced', 'one-side-has-access']),
    )
    expect(open.filter(({ rule }) => (rules as readonly string[]).includes(rule)).every(({ fix }) => fix)).toBe(true)
    expect(JSON.stringify(told(scene).at(-1))).toContain('inactive-side-fenced')
    expect(later(eventsOf(scene, 'revoked'), at)).toEqual([])
    expect(later(eventsOf(scene, 'drainSet'), at).filter(({ allowNewSession }) => !allowNewSession)).toEqual([])
    expect(await scene.operator.ask(scene.story.desk.world.reports.list('align-'))).toEqual([])
  })
})
