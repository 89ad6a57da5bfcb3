import { describe, expect, test } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { startVm } from '../../../src/lib/steps/start-vm.ts'
import { before, gone, host, hostSubject, ids, now } from '../../support/step-things.ts'
import { begin, look, type Scene, see, stageOf } from '../../support/steps.ts'

const vm = ids.newVm
const subject = hostSubject

test.each<[string, Scene, string]>([
  ['running, and its host is up, is done', { power: { [vm]: 'running' }, hosts: [host()] }, 'done'],
  [
    'running although its host is shut down: somebody else may have stopped it a moment ago',
    { power: { [vm]: 'running' }, hosts: [host({ status: 'ShutDown' })] },
    'underway',
  ],
  [
    'that doubt ends when the listing is from a minute later',
    { power: { [vm]: 'running' }, hosts: [host({ status: 'Shutdown' })], enteredAt: now - 60_000 },
    'done',
  ],
  [
    'nor is there any about what we have started ourselves',
    {
      power: { [vm]: 'running' },
      hosts: [host({ status: 'Shutdown' })],
      attempt: 1,
      enteredAt: before,
      begunAt: before,
    },
    'done',
  ],
  ['hosts that cannot be listed are no reason to wait', { power: { [vm]: 'running' }, hosts: gone }, 'done'],
  ['starting is underway', { power: { [vm]: 'starting' } }, 'underway'],
  ['deallocated is to be begun', { power: { [vm]: 'deallocated' } }, 'notBegun'],
  ['stopped is to be begun', { power: { [vm]: 'stopped' } }, 'notBegun'],
  ['deallocating is waited for', { power: { [vm]: 'deallocating' } }, 'underway'],
  ['stopping is waited for', { power: { [vm]: 'stopping' } }, 'underway'],
  ['a word that is new to us is waited for', { power: { [vm]: 'unknown' } }, 'underway'],
  ['the id is found in any letter case', { power: { [vm.toUpperCase()]: 'running' }, hosts: [host()] }, 'done'],
  ['missing from the listing tells nothing', { power: {} }, 'couldNotLook:notFound!'],
  ['a listing that fails tells nothing', { power: gone }, 'couldNotLook:unavailable!'],
  ['an older listing proves nothing', { power: { [vm]: 'running' }, startedAt: { powerStates: before } }, 'underway'],
  [
    'still deallocated after a begin is another attempt: the start may have failed inside Compute',
    { power: { [vm]: 'deallocated' }, attempt: 1, enteredAt: before, begunAt: before },
    'notBegun',
  ],
])('%s', async (_, scene, wanted) => {
  expect(await see(startVm, { subject, ...scene })).toBe(wanted)
})

test('a look is as old as its listing', async () => {
  const scene = {
    subject,
    power: { [vm]: 'running' as const },
    hosts: [host()],
    enteredAt: now - 9,
    startedAt: { powerStates: now - 5 },
  }
  expect((await look(startVm, scene)).readAt).toBe(now - 5)
})

test('one start is sent', async () => {
  expect(await begin(startVm, { subject })).toEqual({ came: 'accepted', sent: [`start ${vm}`] })
})

describe('a start that came to nothing', () => {
  const startFault: Fault = { code: 'noCapacity', message: 'full', retryable: true, azureCode: 'AllocationFailed' }
  const scene: Scene = {
    subject,
    power: { [vm]: 'deallocated' },
    attempt: 1,
    enteredAt: before,
    begunAt: before,
    memo: { operation: 'ukwest/op-1' },
    startFault,
  }

  test('says why, once', async () => {
    const found = await look(startVm, scene)
    expect(found).toMatchObject({
      seen: { kind: 'faulted', fault: startFault },
      memo: { operation: '' },
      facts: { startFailed: 'AllocationFailed', startFailedAt: now },
    })
    expect(await see(startVm, { ...scene, memo: { operation: '' } })).toBe('notBegun')
  })

  test.each<[string, Partial<Scene>, string]>([
    ['while its operation is under way, or went well, it looks like one that never arrived', {}, 'notBegun'],
    ['without the id of its operation it looks like one that never arrived', { memo: {}, startFault }, 'notBegun'],
    ['a VM that runs after all counts more', { power: { [vm]: 'running' }, startFault }, 'done'],
  ])('%s', async (_, parts, wanted) => {
    const { startFault: __, ...silent } = scene
    expect(await see(startVm, { ...silent, ...parts })).toBe(wanted)
  })

  test('is not asked about before there was a begin', async () => {
    const { begunAt: _, ...rest } = scene
    expect(await see(startVm, rest)).toBe('notBegun')
  })
})

test('a start that went through leaves its moment', async () => {
  const running: Scene = { subject, power: { [vm]: 'running' }, hosts: [host()], enteredAt: before }
  expect((await look(startVm, { ...running, begunAt: before, attempt: 1 })).facts).toEqual({ startedAt: before })
  expect((await look(startVm, running)).facts, 'somebody else has started it').toBeUndefined()
})

test('starts share a limiter by subscription and region, in lower case', () => {
  expect(startVm.limits.paced).toBe('starts')
  expect(startVm.limiter?.(stageOf({ subject }).context)).toBe('sub-b/ukwest')
})

test('a VM in another subscription than its pool is paced there', () => {
  const elsewhere = { ...hostSubject, vmId: vm.replace('sub-b', 'SUB-C') } as typeof hostSubject
  expect(startVm.limiter?.(stageOf({ subject: elsewhere }).context)).toBe('sub-c/ukwest')
})

test('a subject without a VM is a bug', async () => {
  await expect(see(startVm, { power: {} })).rejects.toThrow('pair')
})
