import { expect, test } from 'vitest'
import { awaitAgent } from '../../../src/lib/steps/await-agent.ts'
import { before, gone, host, hostSubject, minute, now } from '../../support/step-things.ts'
import { look, type Scene, see } from '../../support/steps.ts'

const agent = (updateState: string | undefined, parts = {}) => ({
  hosts: [host({ agentVersion: '1.0.2', ...(updateState !== undefined && { updateState }), ...parts })],
})

test.each<[string, Scene, string]>([
  ['an update that has succeeded is done', agent('Succeeded'), 'done'],
  ['one that is wanted is waited for', agent('Pending'), 'notBegun'],
  ['one that is under way is waited for, in any letter case', agent('started'), 'notBegun'],
  ['one that failed is no reason to stay', agent('Failed'), 'done'],
  ['no update at all is done', agent('Initial'), 'done'],
  ['a host that does not tell is done', agent(undefined), 'done'],
  ['a word that is new to us is done: it is best effort', agent('Teleported'), 'done'],
  ['an agent that restarts is waited for', agent('Succeeded', { lastHeartbeat: now - 4 * minute }), 'notBegun'],
  ['missing from the listing tells nothing', { hosts: [] }, 'couldNotLook:notFound!'],
  ['a listing that fails tells nothing', { hosts: gone }, 'couldNotLook:unavailable!'],
  ['an older listing proves nothing', { ...agent('Succeeded'), startedAt: { sessionHosts: before } }, 'underway'],
])('%s', async (_, scene, wanted) => {
  expect(await see(awaitAgent, { subject: hostSubject, ...scene })).toBe(wanted)
})

test('version and heartbeat are kept; an update that failed is told', async () => {
  expect(await look(awaitAgent, { subject: hostSubject, ...agent('Failed') })).toMatchObject({
    detail: 'agent 1.0.2, its last update failed',
    facts: { agentVersion: '1.0.2', provenAt: now },
  })
})
