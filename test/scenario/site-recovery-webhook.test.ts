import { describe, expect, it } from 'vitest'
import { deliver, followUpTimer } from '../../sim/virtual/app-timers.ts'
import { hours, minutes } from '../../src/lib/core/time.ts'
import { transcript } from '../support/transcript.ts'
import { expectGolden } from './support/golden.ts'
import { eventsOf, openScene, personalOnly, runThrough, type Scene } from './support/scene.ts'
import { itemsOf, portalOf } from './support/site-recovery.ts'

const four = { ...personalOnly, personalVms: 6, extensions: 'four' as const }
const openDesktops = (fleet = four) => openScene({ fleet, timers: [followUpTimer] })

async function operationsOf({ operator, story }: Scene) {
  const { world } = story.desk
  const active = await operator.ask(world.active.list())
  const followUps = await operator.ask(world.followUps.ofPair('personal-uk'))
  return { active, followUps, ids: [...new Set(followUps.flatMap(({ operationId }) => operationId ?? []))] }
}

const statuses = (posted: readonly { reply: { status: number } }[]) =>
  [...new Set(posted.map(({ reply }) => reply.status))].sort()

describe('a failover that somebody begins in the portal', () => {
  it('is told, looked at, and followed by the extensions, once, however often it is told', async () => {
    const scene = await openDesktops()
    const portal = portalOf(scene, { times: 3 })
    expect(portal.failOver(itemsOf(scene))).toHaveLength(6)
    await scene.operator.pass(hours(1))
    scene.story.stop()
    expect(scene.story.failures).toEqual([])
    expect(statuses(portal.posted)).toEqual([202])
    const { ids, active, followUps } = await operationsOf(scene)
    expect(active).toEqual([])
    expect(followUps.map(({ host, ended }) => `${host} ${ended?.how}`)).toHaveLength(6)
    expect(eventsOf(scene, 'extensionAccepted')).toHaveLength(24)
    expect(scene.operator.verdict().violations).toEqual([])
    const [id = ''] = ids
    expect((await scene.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    await expectGolden(
      'portal-failover',
      await transcript(scene.story, scene.operator, id, { tasks: ['extensions avdd-uks-0005'] }),
    )
  })

  it.each(['recoveryPlanContext', 'commonAlert', 'legacyAlert', 'eventGrid'] as const)(
    'is known from %s alone',
    async (kind) => {
      const scene = await openDesktops()
      const portal = portalOf(scene, { kinds: [kind] })
      portal.runRecoveryPlan({
        name: 'rp-desktops',
        groups: [itemsOf(scene, 0, 2), itemsOf(scene, 2, 4), itemsOf(scene, 4)],
      })
      await scene.operator.pass(hours(2))
      scene.story.stop()
      expect(portal.posted.length).toBeGreaterThan(0)
      const { active, followUps } = await operationsOf(scene)
      expect(active).toEqual([])
      expect(followUps.filter(({ ended }) => ended)).toHaveLength(6)
      expect(eventsOf(scene, 'extensionAccepted')).toHaveLength(24)
      expect(scene.operator.verdict().violations).toEqual([])
    },
  )

  it('is nothing to follow when it was a test of the plan', async () => {
    const scene = await openDesktops()
    const portal = portalOf(scene)
    portal.runRecoveryPlan({ name: 'rp-desktops', groups: [itemsOf(scene)], type: 'Test' })
    await scene.operator.pass(hours(1))
    scene.story.stop()
    expect(statuses(portal.posted)).toEqual([200])
    expect((await operationsOf(scene)).followUps).toEqual([])
    expect(eventsOf(scene, 'extensionAccepted')).toEqual([])
  })

  it('waits for its turn while an operation holds the pair, and is done afterwards', async () => {
    const scene = await openDesktops()
    const hosts = ['avdd-uks-0001', 'avdd-uks-0002']
    const id = await scene.operator.begin({ pairId: 'personal-uk', hosts })
    portalOf(scene).failOver(itemsOf(scene, 2))
    expect(await scene.operator.untilOver([id], hours(2))).toBe(true)
    await scene.operator.pass(hours(2))
    scene.story.stop()
    const { active, followUps } = await operationsOf(scene)
    expect(active).toEqual([])
    expect(followUps.map(({ host }) => host).sort()).toEqual(
      ['avdd-uks-0003', 'avdd-uks-0004', 'avdd-uks-0005', 'avdd-uks-0006'].sort(),
    )
    expect(eventsOf(scene, 'extensionAccepted')).toHaveLength(24)
    expect(scene.operator.verdict().violations).toEqual([])
  })

  it('is not followed a second time when the app has begun it itself', async () => {
    const scene = await openDesktops()
    const portal = portalOf(scene)
    const id = await scene.operator.begin({ pairId: 'personal-uk' })
    const [item] = itemsOf(scene, 0, 1)
    await scene.operator.pass(minutes(9))
    const context = {
      RecoveryPlanName: 'rp-desktops',
      FailoverType: 'Unplanned',
      FailoverDirection: 'PrimaryToSecondary',
      GroupId: '1',
      VmMap: {
        'a0f3c9a2-6f0e-4c7e-9d1e-0f5a3c1b2d4e': {
          SubscriptionId: item?.vault.split('/')[2],
          ResourceGroupName: 'rg-avd-personal-ukwest',
          CloudServiceName: '',
          RoleName: item?.vmName,
          RecoveryPointId: 'TimeStamp',
        },
      },
    }
    const reply = await scene.operator.ask(deliver(scene.story.desk, { body: context }))
    expect(reply.status).toBe(202)
    expect(await scene.operator.untilOver([id], hours(3))).toBe(true)
    await scene.operator.pass(hours(1))
    scene.story.stop()
    expect(portal.posted).toEqual([])
    expect((await operationsOf(scene)).followUps).toEqual([])
    expect(eventsOf(scene, 'extensionAccepted')).toHaveLength(24)
  })

  it.each([
    ['20 minutes', minutes(20)],
    ['24 hours', hours(24)],
  ])('is followed when it is told %s late, although inventories came in between', async (_late, late) => {
    const scene = await openDesktops()
    portalOf(scene, { kinds: [] }).failOver(itemsOf(scene))
    for (let passed = 0; passed < late; passed += minutes(15)) {
      await scene.operator.pass(minutes(15))
      await scene.operator.collect()
    }
    expect(eventsOf(scene, 'extensionAccepted')).toEqual([])
    portalOf(scene).commit(itemsOf(scene))
    await scene.operator.pass(hours(2))
    scene.story.stop()
    expect(eventsOf(scene, 'extensionAccepted')).toHaveLength(24)
    expect(scene.operator.verdict().violations).toEqual([])
  })
})

describe('a failover whose extensions one machine cannot have back', () => {
  it('leaves people at work and names it', async () => {
    const scene = await openScene({
      fleet: four,
      faults: {
        rules: [
          {
            action: /extensions\/write$/i,
            kind: 'VMExtensionProvisioningError',
            subject: /avdd-uks-0002.*GuestAttestation/i,
            from: 0,
          },
        ],
      },
    })
    const id = await runThrough(scene, { pairId: 'personal-uk' })
    scene.story.stop()
    const report = await scene.operator.report(id)
    expect(report.troubles.map(({ subject }) => subject)).toEqual(['avdd-uks-0002'])
    expect(scene.operator.verdict().violations).toEqual([])
    await expectGolden(
      'extension-fails',
      await transcript(scene.story, scene.operator, id, { tasks: ['desktops avdd-uks-0002'] }),
    )
  })
})
