import { beforeEach, describe, expect, it } from 'vitest'
import type {
  PowerState,
  ReplicatedItem,
  ReplicationJob,
  RoleAssignment,
  SessionHost,
  UserSession,
} from '../../../src/lib/model/azure.ts'
import {
  type ListingKey,
  type ListingName,
  type ListingState,
  type ListingStore,
  type Listings,
  unlisted,
} from '../../../src/lib/ports/listings.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import { createListingStore } from '../../../src/lib/storage/listing-store.ts'
import { type StorageWorld, storageWorlds } from '../../support/storage-worlds.ts'

const host: Required<SessionHost> = {
  id: '/subscriptions/s/hp/sessionHosts/VM-1',
  name: 'VM-1.müller.example',
  status: 'NeedsAssistance',
  allowNewSession: false,
  sessions: 2,
  lastHeartbeat: 1_900_000_000_123,
  assignedUser: 'anna@contoso.com',
  vmId: '',
  agentVersion: '1.0.9',
  updateState: 'Pending',
}
const session: Required<UserSession> = { id: '/s/1', host: 'VM-1', user: 'A\ud800 "quoted" 😀\u0000', state: 'Active' }
const item: Required<ReplicatedItem> = {
  id: '/i/1',
  name: 'guid',
  vmName: 'vm-1',
  protectionState: 'Protected',
  activeLocation: 'Primary',
  allowedOperations: ['UnplannedFailover'],
  replicationHealth: 'Normal',
  failoverHealth: 'None',
  sourceVmId: '/vm/1',
  targetVmId: '/vm/2',
  targetResourceGroupId: '/rg/2',
  targetLocation: 'ukwest',
  currentJob: '/jobs/None',
  rpoSeconds: 0.5,
  multiVmGroup: 'g',
  failedOverAt: 1_900_000_000_456,
  targetSize: 'Standard_D4s_v5',
  targetZone: '2',
  targetSubnets: ['rg/net/hosts'],
  capacityReservationGroup: '/g/1',
}
const job: Required<ReplicationJob> = {
  name: 'j',
  scenario: 'UnplannedFailover',
  state: 'failed',
  target: 'vm-1',
  items: ['guid'],
  startedAt: -1,
  errorCode: '28031',
  errorMessage: 'x'.repeat(2_000),
}
const assignment: Required<RoleAssignment> = {
  id: '/a/1',
  name: 'a',
  scope: '/s',
  principalId: 'p',
  principalType: 'Group',
  roleDefinitionId: '/r',
  condition: '@Resource[x]',
  conditionVersion: '2.0',
  description: 'd',
}
const listings: Listings = {
  sessionHosts: [host, { id: 'i', name: 'n', status: 's', allowNewSession: true, sessions: 0 }],
  userSessions: [session],
  powerStates: new Map<string, PowerState>([
    ['/vm/1', 'running'],
    ['/vm/2', 'unknown'],
  ]),
  replicatedItems: [item],
  jobs: [job],
  assignments: [assignment],
}
const names = Object.keys(listings) as ListingName[]
const key: ListingKey<'sessionHosts'> = {
  name: 'sessionHosts',
  of: `/subscriptions/s/resourcegroups/${'ü'.repeat(90)}/providers/microsoft.desktopvirtualization/hostpools/hp`,
}
const times = { startedAt: 1_900_000_000_000, took: 812.5 }

describe.each(storageWorlds())('shared listings ($name)', ({ open }) => {
  let world: StorageWorld
  let store: ListingStore
  beforeEach(async () => {
    world = await open()
    store = createListingStore(world.storage.table('pacers'), world.storage.blobs('listings'))
  })

  it.each(names)('keep %s as they were listed', async (name) => {
    const of = 'pool'
    expect(await store.read({ name, of }, 1)).toBeUndefined()
    await store.put({ name, of }, 1, { value: listings[name], ...times })
    expect(await store.read({ name, of }, 1)).toEqual({ value: listings[name], ...times })
    await store.put({ name, of }, 2, { value: name === 'powerStates' ? new Map() : [], ...times })
    expect((await store.read({ name, of }, 1))?.value).toEqual(listings[name])
  })

  it('keep 10,000 hosts', async () => {
    const value = Array.from({ length: 10_000 }, (_, i) => ({ ...host, name: `VM-${i}`, vmId: 'x'.repeat(160) }))
    await store.put(key, 1, { value, ...times })
    expect((await store.read(key, 1))?.value).toEqual(value)
  })

  it('keep one list apart from the other', async () => {
    await store.put(key, 1, { value: [host], ...times })
    expect(await store.read({ ...key, of: 'other' }, 1)).toBeUndefined()
    expect(await store.read({ ...key, name: 'userSessions' }, 1)).toBeUndefined()
    expect(await store.save({ ...key, of: 'other' }, unlisted, undefined)).toBeTypeOf('string')
    expect((await store.load(key)).etag).toBeUndefined()
  })

  it('keep what is known of a list, and let one writer through', async () => {
    const state: ListingState = {
      turn: 7,
      holder: 'one',
      leasedUntil: 5,
      notBefore: 3,
      fault: { code: 'throttled', message: 'too many', retryable: true, azureCode: 'TooMany', retryAfter: 1.5 },
      failures: 4,
      latest: { turn: 6, startedAt: 2, took: 0.25 },
    }
    expect(await store.load(key)).toEqual({ state: unlisted })
    const etag = await store.save(key, unlisted, undefined)
    expect(await store.save(key, state, undefined)).toBeUndefined()
    expect(await store.save(key, state, etag)).toBeTypeOf('string')
    expect(await store.save(key, unlisted, etag)).toBeUndefined()
    expect((await store.load(key)).state).toEqual(state)
  })

  it('take a row that is not what it should be for one that nobody has written', async () => {
    const pacers = world.storage.table('pacers')
    await store.save(key, { turn: 7, notBefore: 3 }, undefined)
    const [row] = await pacers.query('listings')
    if (row) await pacers.replace({ ...row, value: { ...row.value, turn: -1 } }, row.etag)
    const kept = await store.load(key)
    expect(kept.state).toEqual(unlisted)
    expect(await store.save(key, { turn: 1, notBefore: 0 }, kept.etag)).toBeTypeOf('string')
  })

  it('do not hide that storage is away', async () => {
    const away = ['before', 'before', 'before', 'before', 'before', 'before'] as const
    world.fates.push(...away)
    await expect(store.load(key)).rejects.toThrow(StorageAway)
    await expect(store.read(key, 1)).rejects.toThrow(StorageAway)
    await expect(store.put(key, 1, { value: [], ...times })).rejects.toThrow(StorageAway)
    await expect(store.save(key, unlisted, undefined)).rejects.toThrow(StorageAway)
  })
})
