import { describe, expect, it } from 'vitest'
import type { Reservation, SubnetRoom } from '../../../src/lib/model/azure.ts'
import type { PairSeen } from '../../../src/lib/model/inventory.ts'
import { homewardItem, personalSeen, pooledSeen, previewOf, vmOf, withoutPart, withSide } from '../../support/plans.ts'
import { comingWith, reservationGroup, subnet } from '../../support/room-stories.ts'

const roomCodes = /^(size|reservation|subnet)/
/** Where each notice about room is, with its subjects. */
const roomOf = (
  seen: PairSeen,
  request: Readonly<Record<string, unknown>> = {},
  pair: 'pooled' | 'personal' = 'personal',
) => {
  const preview = previewOf({ pair, seen, request })
  return (['refusals', 'findings', 'warnings'] as const).flatMap((place) =>
    preview[place].flatMap(({ code, subjects }) => (roomCodes.test(code) ? [[place, code, ...subjects]] : [])),
  )
}
const size = 'Standard_D4s_v5'
const offer = { size, isRestricted: false, zones: ['1', '2'] }

describe('the sizes of desktops that would be made', () => {
  it('are free to have, in a zone only where they are offered there', () => {
    expect(roomOf(comingWith({ targetZone: '2', targetSize: size.toUpperCase() }, { sizes: [offer] }))).toEqual([])
    expect(roomOf(comingWith({ targetZone: '3' }, { sizes: [offer] }))).toEqual([
      ['refusals', 'sizeRestricted', `${size} in zone 3: 3`],
    ])
  })

  it('are restricted in the whole region, with how many there are', () => {
    const sizes = [{ ...offer, isRestricted: true }]
    expect(roomOf(withSide(personalSeen, 'secondary', { sizes }))).toEqual([
      ['refusals', 'sizeRestricted', `${size}: 3`],
    ])
  })

  it('are those Site Recovery would make, not those that run now', () => {
    const sizes = [offer, { size: 'Standard_E8s_v5', isRestricted: true, zones: [] }]
    expect(roomOf(comingWith({ targetSize: 'Standard_E8s_v5' }, { sizes, quotas: [] }))).toEqual([
      ['refusals', 'sizeRestricted', 'Standard_E8s_v5: 3'],
    ])
  })

  it('are judged in the region that is entered, and only while somebody goes there', () => {
    const home = ['pc-1', 'pc-2', 'pc-3'].map((name) => homewardItem(name))
    const sizes = [{ ...offer, isRestricted: true }]
    const away = { ...withSide(personalSeen, 'primary', { sizes, vms: [] }), replicatedItems: home }
    const there = ['pc-1', 'pc-2', 'pc-3'].map((name) => vmOf('rg-pw', name, 'ukwest'))
    const seen = withSide(away, 'secondary', { vms: there })
    expect(roomOf(seen, { kind: 'failback' })).toEqual([['refusals', 'sizeRestricted', `${size}: 3`]])
    expect(roomOf(seen, { kind: 'restoreExtensions' })).toEqual([])
    expect(roomOf(withSide(personalSeen, 'primary', { sizes }))).toEqual([])
  })

  it('do not matter for machines that are there already', () => {
    const sizes = [{ ...offer, isRestricted: true }]
    const vms = ['pc-1', 'pc-2'].map((name) => vmOf('rg-pw', name, 'ukwest'))
    expect(roomOf(withSide(personalSeen, 'secondary', { sizes, vms }))).toEqual([
      ['refusals', 'sizeRestricted', `${size}: 1`],
    ])
  })

  it('of hosts of a pool that are off are only named', () => {
    const sizes = [{ ...offer, isRestricted: true }]
    const vms = (pooledSeen.secondary.vms ?? []).map((vm, i) => (i === 0 ? { ...vm, power: 'running' as const } : vm))
    expect(roomOf(withSide(pooledSeen, 'secondary', { sizes, vms }), {}, 'pooled')).toEqual([
      ['warnings', 'sizeRestricted', `${size}: 3`],
    ])
  })
})

describe('the reservations that desktops would be made in', () => {
  const reserved = (reservations: readonly Reservation[], targetZone?: string) =>
    roomOf(
      comingWith(
        { capacityReservationGroup: reservationGroup, ...(targetZone && { targetZone }) },
        { reservations: [{ id: reservationGroup.toLowerCase(), reservations }] },
      ),
    )
  const three = { size, capacity: 3, allocated: 0 }

  it('are enough, in one or in several', () => {
    expect(reserved([three])).toEqual([])
    expect(
      reserved([
        { ...three, capacity: 2 },
        { ...three, size: size.toLowerCase(), capacity: 1 },
      ]),
    ).toEqual([])
  })

  it('are fewer than desktops: the shortfall is named, and one that is overdrawn lends nothing', () => {
    expect(reserved([{ ...three, allocated: 2 }])).toEqual([
      ['warnings', 'reservationShort', `crg-w: ${size}: 3 needed, 1 free, 2 desktops short`],
    ])
    expect(
      reserved([
        { ...three, capacity: 1 },
        { ...three, capacity: 1, allocated: 9 },
      ]),
    ).toEqual([['warnings', 'reservationShort', `crg-w: ${size}: 3 needed, 1 free, 2 desktops short`]])
  })

  it('are of no use in another zone or of another size', () => {
    const none = ['refusals', 'reservationShort', `crg-w: ${size} in zone 1: 3 needed, 0 free, 3 desktops short`]
    expect(reserved([three, { ...three, zone: '2' }], '1')).toEqual([none])
    expect(reserved([{ ...three, size: 'Standard_D8s_v5', zone: '1' }], '1')).toEqual([none])
    expect(reserved([{ ...three, zone: '1' }], '1')).toEqual([])
  })

  it('could not be read: that is said of each group, and is no refusal', () => {
    const seen = withoutPart(comingWith({ capacityReservationGroup: reservationGroup }), 'secondary', 'reservations')
    expect(roomOf(seen)).toEqual([['warnings', 'reservationMissing', 'crg-w']])
  })
})

describe('the subnets that desktops would be put into', () => {
  const into = (room: Partial<SubnetRoom>, targetSubnets = [subnet]) =>
    roomOf(comingWith({ targetSubnets }, { subnets: [{ key: subnet, size: 251, used: 248, ...room }] }))

  it('have an address for each of them, to the last one', () => {
    expect(into({})).toEqual([])
    expect(into({ used: 249 })).toEqual([
      ['refusals', 'subnetFull', 'vnet-w/desktops: 3 needed, 2 free, 1 desktops short'],
    ])
    expect(into({ used: 400 })).toEqual([
      ['refusals', 'subnetFull', 'vnet-w/desktops: 3 needed, 0 free, 3 desktops short'],
    ])
  })

  it('give two addresses to a desktop that takes two, or none', () => {
    expect(into({ used: 245 }, [subnet, subnet])).toEqual([])
    expect(into({ used: 246 }, [subnet, subnet])).toEqual([
      ['refusals', 'subnetFull', 'vnet-w/desktops: 6 needed, 5 free, 1 desktops short'],
    ])
  })
})

describe('room that could not be looked at', () => {
  const gapsOf = (seen: PairSeen, pair: 'pooled' | 'personal') =>
    previewOf({ pair, seen }).warnings.flatMap(({ code, subjects }) => (code === 'inventoryGap' ? subjects : []))

  it.each(['sizes', 'reservations', 'subnets'] as const)('is a warning: %s of the region that is entered', (part) => {
    expect(gapsOf(withoutPart(personalSeen, 'secondary', part), 'personal')).toEqual([`secondary: ${part}`])
    expect(gapsOf(withoutPart(personalSeen, 'primary', part), 'personal')).toEqual([])
    const expected = part === 'sizes' ? ['secondary: sizes'] : []
    expect(gapsOf(withoutPart(pooledSeen, 'secondary', part), 'pooled')).toEqual(expected)
  })

  it('is a warning, too, where an older inventory did not look', () => {
    const { sizes: _, ...secondary } = personalSeen.secondary
    expect(gapsOf({ ...personalSeen, secondary }, 'personal')).toEqual(['secondary: sizes'])
  })

  it('is no matter where nobody is moved', () => {
    const seen = withoutPart(personalSeen, 'primary', 'subnets')
    const { warnings } = previewOf({ pair: 'personal', seen, request: { kind: 'restoreExtensions', hosts: ['pc-1'] } })
    expect(warnings.map(({ code }) => code)).not.toContain('inventoryGap')
  })

  it('is said beside what was seen the last time', () => {
    const seen = withSide(personalSeen, 'secondary', { gaps: [{ what: 'subnets', reason: 'no answer' }] })
    expect(gapsOf(seen, 'personal')).toEqual(['secondary: subnets'])
  })
})
