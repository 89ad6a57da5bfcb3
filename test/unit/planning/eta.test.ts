import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import {
  committedItem,
  movedSeen,
  pendingItem,
  personalSeen,
  planOf,
  planText,
  previewOf,
  type Story,
} from '../../support/plans.ts'

const etaOf = (story: Story) => {
  const { eta } = previewOf(story)
  return {
    batches: eta?.batches,
    ...Object.fromEntries((eta?.milestones ?? []).map(({ name, at }) => [name, at])),
  } as Record<string, number>
}
const small = planOf(planText.replace('name: small', 'name: small\nlimits: { batchSize: 1, batchInterval: 10 min }'))

describe('the estimate', () => {
  it('counts batches', () => {
    expect([etaOf({}).batches, etaOf({ plan: small }).batches]).toEqual([1, 4])
    expect(etaOf({ pair: 'personal', plan: small }).batches).toBe(3)
  })

  it('waits for the batch that brings the minimum capacity, not for the last one', () => {
    const [one, four] = [etaOf({}), etaOf({ plan: small })]
    expect((four.capacityReady ?? 0) - (one.capacityReady ?? 0)).toBe(minutes(10))
    expect((four.allHostsReady ?? 0) - (one.allHostsReady ?? 0)).toBe(minutes(30))
  })

  it('spaces the last desktop by the batches before it', () => {
    const { firstDesktopBack = 0, lastDesktopBack = 0 } = etaOf({ pair: 'personal', plan: small })
    expect(lastDesktopBack - firstDesktopBack).toBe(minutes(20))
  })

  it('adds up the usual times of a move', () => {
    const capacityReady = seconds(30) + minutes(4)
    const accessRevoked = capacityReady + minutes(15) + minutes(1)
    expect(etaOf({ request: { grace: '15 min' } })).toEqual({
      batches: 1,
      capacityReady,
      accessRevoked,
      usersSignedOut: accessRevoked + minutes(2),
      accessGranted: accessRevoked + minutes(3),
      allHostsReady: capacityReady,
      over: accessRevoked + minutes(3),
    })
  })

  it.each([
    [false, minutes(3) + seconds(26)],
    [true, minutes(2) + seconds(24)],
  ])('adds up the usual times of a desktop (primary down: %s)', (primaryIsDown, failover) => {
    // Grace and signing out; of a dead side what its deadline leaves.
    const leaves = primaryIsDown ? minutes(5) : minutes(15) + minutes(2)
    const back = seconds(30) + leaves + failover + minutes(4)
    expect(etaOf({ pair: 'personal', request: { grace: '15 min', primaryIsDown } })).toEqual({
      batches: 1,
      firstDesktopBack: back,
      lastDesktopBack: back,
      // Two extensions, and the commit.
      over: back + minutes(4) + minutes(1),
    })
  })

  it('lets users wait for the extensions where the plan does', () => {
    const waits = planOf(`${planText}    extensions: { before: users }\n`)
    const [usual, first] = [etaOf({ pair: 'personal' }), etaOf({ pair: 'personal', plan: waits })]
    expect((first.firstDesktopBack ?? 0) - (usual.firstDesktopBack ?? 0)).toBe(minutes(4))
    expect(first.over).toBe(usual.over)
  })

  it('knows of no commit where it is left to a person', () => {
    const manual = planOf(`${planText}    commit: { manual: { deadline: 24 h, remindEvery: 4 h } }\n`)
    expect((etaOf({ pair: 'personal' }).over ?? 0) - (etaOf({ pair: 'personal', plan: manual }).over ?? 0)).toBe(
      minutes(1),
    )
  })

  it.each<[string, boolean, number]>([
    ['reprotect', true, 180],
    ['restoreExtensions', true, 4],
    ['commit', false, 1],
    // Signing out, another machine, its host, two extensions, and the commit.
    ['changeRecoveryPoint', false, 2 + 2.4 + 4 + 4 + 1],
  ])('adds up the usual times of %s', (kind, isCommitted, takes) => {
    const names = ['pc-1', 'pc-2', 'pc-3']
    const replicatedItems = names.map((name) => (isCommitted ? committedItem(name) : pendingItem(name)))
    const seen = { ...personalSeen, replicatedItems }
    const point = kind === 'changeRecoveryPoint' ? { recoveryPoint: 'latestProcessed' } : {}
    expect(etaOf({ pair: 'personal', seen, request: { kind, ...point } })).toEqual({ batches: 1, over: minutes(takes) })
  })

  it('spaces what is done to desktops by the batches before it', () => {
    const seen = { ...personalSeen, replicatedItems: ['pc-1', 'pc-2', 'pc-3'].map((name) => committedItem(name)) }
    const story = { pair: 'personal', seen, request: { kind: 'reprotect' } } as const
    expect((etaOf({ ...story, plan: small }).over ?? 0) - (etaOf(story).over ?? 0)).toBe(minutes(20))
  })

  it('is in the order things happen', () => {
    const { capacityReady = 0, accessRevoked = 0, usersSignedOut = 0, accessGranted = 0, over = 0 } = etaOf({})
    const order = [0, capacityReady, accessRevoked, usersSignedOut, accessGranted, over]
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })

  it('revokes beside the starts when the primary is down', () => {
    const { capacityReady = 0, accessRevoked = 0 } = etaOf({ request: { primaryIsDown: true } })
    expect(accessRevoked).toBeLessThan(capacityReady)
  })

  it('gives a dead side its deadline before access is granted', () => {
    const patient = planOf(planText.replace('name: small', 'name: small\nlimits: { deadSideDeadline: 1 h }'))
    const request = { primaryIsDown: true }
    const grantedAt = (story: Story) => etaOf(story).accessGranted ?? 0
    expect(grantedAt({ request, plan: patient }) - grantedAt({ request })).toBe(minutes(55))
  })

  it('gives failback ten minutes more when hosts go back to rest', () => {
    const back = (startedHosts: readonly string[]) =>
      etaOf({ seen: movedSeen, request: { kind: 'failback' }, pairState: { activeSide: 'secondary', startedHosts } })
        .over ?? 0
    expect(back(['vm-w1']) - back([])).toBeGreaterThanOrEqual(minutes(10))
  })
})
