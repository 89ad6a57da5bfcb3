import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { readRoom } from '../../../src/lib/inventory/read-room.ts'
import { createReader } from '../../../src/lib/inventory/reader.ts'
import type { ReplicatedItem } from '../../../src/lib/model/azure.ts'
import type { PairSeen } from '../../../src/lib/model/inventory.ts'
import type { Gateways } from '../../../src/lib/ports/gateways.ts'
import {
  homewardItem,
  itemOf,
  personalSeen,
  planOf,
  subscription,
  vmIdOf,
  vmOf,
  withoutPart,
  withSide,
} from '../../support/plans.ts'
import { reservationGroup, subnet } from '../../support/room-stories.ts'

const pair = planOf().pairs.find(({ id }) => id === 'personal') ?? never()
function never(): never {
  throw new Error('not in the story')
}
const network = `/subscriptions/${subscription}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet-w`
const faultOf = (code: 'notFound' | 'forbidden'): Answer<never> => ({
  kind: 'refused',
  fault: { code, message: 'no', retryable: false },
})
const offerOf = (size: string) => ({ size, isRestricted: false, zones: [] })
const room = { key: subnet, size: 251, used: 3 }
const reserved = { size: 'Standard_D4s_v5', capacity: 3, allocated: 0 }

type Trouble = (what: string) => Answer<never> | undefined

/** Reads one side of the personal pair whose vault has these items. */
function reading(items: readonly ReplicatedItem[] | undefined, trouble: Trouble = () => undefined) {
  const asked: string[] = []
  const answer = async <T>(what: string, value: T): Promise<Answer<T>> => {
    asked.push(what)
    return trouble(what) ?? { kind: 'ok', value }
  }
  const gateways = {
    room: {
      sizes: (of: string, location: string) =>
        answer(
          `sizes ${of === subscription} ${location}`,
          ['Standard_D4S_v5', 'Standard_D8s_v5', 'Standard_E4s_v5'].map(offerOf),
        ),
      reservations: (id: string) => answer(id, [reserved]),
      subnets: (id: string) => answer(id, [room, { ...room, key: 'rg-net/vnet-w/others' }]),
    },
  } as unknown as Gateways
  const { replicatedItems: _, ...rest } = personalSeen
  const seen: PairSeen = items ? { ...rest, replicatedItems: items } : rest
  const read = (side: 'primary' | 'secondary', of: PairSeen = seen, old?: PairSeen) =>
    readRoom({ gateways, reader: createReader(), pair, seen: of, old }, pair[side])
  return { asked, read, seen }
}
const placed = { targetSubnets: [subnet], capacityReservationGroup: reservationGroup }
const desktops = (traits: Partial<ReplicatedItem>) => ['pc-1', 'pc-2', 'pc-3'].map((name) => itemOf(name, traits))

describe('room of the side that desktops are replicated to', () => {
  it('has the reservation groups that machines of the side use already', async () => {
    const { read, seen } = reading([])
    const vms = [vmOf('rg-pw', 'pc-9', 'ukwest', { capacityReservationGroup: reservationGroup })]
    const there = withSide(seen, 'secondary', { vms })
    expect(await read('secondary', there)).toMatchObject({ reservations: { value: [{ id: reservationGroup }] } })
    expect(await read('primary', there)).toMatchObject({ reservations: { value: [] } })
  })

  it('is read once a place, however many go there and however they write it', async () => {
    const [first, ...others] = desktops(placed)
    const shouting = { ...(first ?? never()), capacityReservationGroup: reservationGroup.toUpperCase() }
    const { read, asked } = reading([...others, shouting])
    expect(await read('secondary')).toEqual({
      sizes: { kind: 'ok', value: [offerOf('Standard_D4S_v5')] },
      reservations: { kind: 'ok', value: [{ id: reservationGroup.toUpperCase(), reservations: [reserved] }] },
      subnets: { kind: 'ok', value: [room] },
    })
    expect(asked.map((what) => what.toLowerCase())).toEqual(
      ['sizes true ukwest', reservationGroup, network].map((what) => what.toLowerCase()),
    )
  })

  it('is not asked for on the side they come from, or for machines of somebody else', async () => {
    const foreign = itemOf('pc-9', { ...placed, sourceVmId: vmIdOf('rg-other', 'pc-9') })
    const { read, asked } = reading([...desktops(placed), foreign])
    await read('primary')
    expect(asked).toEqual(['sizes true uksouth'])
    const alone = reading([foreign])
    expect(await alone.read('secondary')).toMatchObject({ reservations: { value: [] }, subnets: { value: [] } })
    expect(alone.asked).toEqual(['sizes true ukwest'])
  })

  it('is that of home for those that are protected towards it', async () => {
    const { read, asked } = reading([homewardItem('pc-1', { ...placed, targetLocation: 'UK South' })])
    await read('primary')
    expect(asked).toEqual(['sizes true uksouth', reservationGroup, network])
  })

  it('has the sizes of machines on either side, and of those that would be made', async () => {
    const sizesOf = async (items: readonly ReplicatedItem[], seen?: PairSeen, old?: PairSeen) => {
      const { sizes } = await reading(items).read('secondary', seen, old)
      return sizes.kind === 'ok' ? sizes.value.map(({ size }) => size) : sizes.kind
    }
    expect(await sizesOf(desktops({ targetSize: 'standard_e4s_v5' }))).toEqual(['Standard_D4S_v5', 'Standard_E4s_v5'])
    const lost = withoutPart(personalSeen, 'primary', 'vms')
    expect(await sizesOf([], lost)).toEqual([])
    expect(await sizesOf([], lost, personalSeen)).toEqual(['Standard_D4S_v5'])
    const vms = [vmOf('rg-pw', 'pc-4', 'ukwest', { size: 'Standard_D8s_v5' })]
    expect(await sizesOf([], { ...lost, secondary: { ...lost.secondary, vms } })).toEqual(['Standard_D8s_v5'])
  })

  it('goes by the items seen before where the vault could not be read', async () => {
    const { read, seen } = reading(undefined)
    expect((await read('secondary')).subnets).toEqual({ kind: 'ok', value: [] })
    const old = { ...personalSeen, replicatedItems: desktops(placed) }
    expect((await read('secondary', seen, old)).subnets).toEqual({ kind: 'ok', value: [room] })
  })

  it('leaves out what is not there, and is unread as a whole where one place could not be read', async () => {
    const two = [
      ...desktops(placed),
      itemOf('pc-4', { targetSubnets: ['rg-net/vnet-x/a'], capacityReservationGroup: `${reservationGroup}-2` }),
    ]
    const failing = (code: 'notFound' | 'forbidden') =>
      reading(two, (what) => (/-x$|-2$/.test(what) ? faultOf(code) : undefined)).read('secondary')
    const gone = await failing('notFound')
    expect(gone.subnets).toEqual({ kind: 'ok', value: [room] })
    expect(gone.reservations).toMatchObject({ kind: 'ok', value: [{ id: reservationGroup }] })
    const hidden = await failing('forbidden')
    expect([hidden.subnets, hidden.reservations]).toEqual([faultOf('forbidden'), faultOf('forbidden')])
  })

  it('is not read of more than twenty places', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        itemOf(`pc-${i}`, { capacityReservationGroup: `${reservationGroup}-${i}` }),
      )
    const twenty = reading(many(20))
    expect((await twenty.read('secondary')).reservations.kind).toBe('ok')
    const { read, asked } = reading(many(21))
    const { reservations } = await read('secondary')
    expect(reservations).toMatchObject({ kind: 'refused', fault: { message: expect.stringContaining('21') } })
    expect(asked).toEqual(['sizes true ukwest'])
  })
})
