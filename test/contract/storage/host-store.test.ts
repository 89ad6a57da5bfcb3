import { describe, expect, it } from 'vitest'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import { createHostStore } from '../../../src/lib/storage/host-store.ts'
import { storageWorlds } from '../../support/storage-worlds.ts'

const clock: HostClock = {
  pairId: 'pooled',
  side: 'secondary',
  host: 'vm-1.contoso.local',
  lastProof: 1_800_000_000_000,
  firstSeen: 1_790_000_000_000,
  lastWake: { operationId: 'keepAlive-pooled-1', at: 1_799_999_000_000, outcome: 'proven', onFor: 9_000_000 },
  startFailures: [{ at: 1_795_000_000_000, code: 'AllocationFailed', size: 'Standard_D4s_v5', zone: '2' }],
  left: ['deallocateVm', 'undrainHost'],
  leftSince: 1_799_999_500_000,
  putBackTriedAt: 1_800_000_000_001,
}

describe.each(storageWorlds())('clocks of hosts on $name', ({ open }) => {
  it('come back as they were saved, alone and with the others of their pair', async () => {
    const hosts = createHostStore((await open()).storage.table('hosts'))
    const other: HostClock = {
      pairId: 'pooled',
      side: 'primary',
      host: 'vm-1',
      firstSeen: 1,
      startFailures: [],
      left: [],
    }
    await hosts.save(clock)
    await hosts.save(other)
    await hosts.save({ ...other, pairId: 'elsewhere' })
    expect((await hosts.load('pooled', 'secondary', 'VM-1.contoso.local'))?.value).toEqual(clock)
    expect((await hosts.list('pooled')).map(({ value }) => value)).toEqual([other, clock])
    expect(await hosts.load('pooled', 'primary', 'vm-1.contoso.local')).toBeUndefined()
  })

  it('are written by whoever read them last', async () => {
    const hosts = createHostStore((await open()).storage.table('hosts'))
    const etag = await hosts.save(clock)
    expect(await hosts.save({ ...clock, left: [] })).toBeUndefined()
    expect(await hosts.save({ ...clock, left: [] }, etag)).toBeTypeOf('string')
    expect(await hosts.save({ ...clock, left: ['includeInScaling'] }, etag)).toBeUndefined()
    expect((await hosts.load('pooled', 'secondary', clock.host))?.value.left).toEqual([])
  })

  it('that are damaged are named and not believed', async () => {
    const table = (await open()).storage.table('hosts')
    await table.insert({
      pk: 'pooled',
      rk: 'secondary-vm-2',
      value: { ...clock, host: 'vm-2', left: ['formatDisk'] } as never,
    })
    await expect(createHostStore(table).list('pooled')).rejects.toThrow(/secondary-vm-2.*hosts.*left/)
  })
})
