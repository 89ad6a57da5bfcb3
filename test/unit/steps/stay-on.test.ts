import { expect, test } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import { stayOn } from '../../../src/lib/steps/stay-on.ts'
import { gone, host, hostSubject, minute, now } from '../../support/step-things.ts'
import { look, type Scene, see } from '../../support/steps.ts'

const keepAlive = { stayOn: hours(2), maxOnTime: hours(8), patches: 'none' } as const
const scene = (aliveFor: number, parts: Scene = {}): Scene => ({
  subject: hostSubject,
  spec: { keepAlive },
  facts: { aliveSince: now - aliveFor },
  hosts: [host({ lastHeartbeat: now - minute })],
  ...parts,
})

test.each<[string, Scene, string]>([
  ['before its time it waits', scene(hours(2) - 1), 'notBegun'],
  ['and asks nobody', scene(hours(2) - 1, { hosts: gone }), 'notBegun'],
  ['at its time it is done', scene(hours(2)), 'done'],
  ['without a first heartbeat it counts from here', scene(0, { facts: {}, enteredAt: now - hours(2) }), 'done'],
  [
    'with an agent that has fallen silent it is done all the same',
    scene(hours(2), { hosts: [host({ lastHeartbeat: now - hours(1) })] }),
    'done',
  ],
  ['nor is anybody kept on for whom it does not answer', scene(hours(2) + 10 * minute, { hosts: gone }), 'done'],
  ['a host that is gone from its pool is switched off', scene(hours(2) + 10 * minute, { hosts: [] }), 'done'],
  ['a listing that fails tells nothing', scene(hours(2), { hosts: gone }), 'couldNotLook:unavailable!'],
])('%s', async (_, given, wanted) => {
  expect(await see(stayOn, given)).toBe(wanted)
})

test('there is one look, at the end', async () => {
  expect((await look(stayOn, scene(hours(1)))).lookAfter).toBe(hours(1))
})

test('the host is proven once more, unless its agent is silent', async () => {
  expect((await look(stayOn, scene(hours(2)))).facts).toEqual({ provenAt: now - minute })
  const silent = await look(stayOn, scene(hours(2), { hosts: [host({ lastHeartbeat: now - hours(1) })] }))
  expect([silent.facts, silent.detail]).toEqual([undefined, 'was on long enough; its agent is silent by now'])
})
