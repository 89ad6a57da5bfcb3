import { describe, expect, test } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { redeployVm } from '../../../src/lib/steps/redeploy-vm.ts'
import { before, gone, hostSubject, ids, now, spec } from '../../support/step-things.ts'
import { begin, look, registrationToken, type Scene, see, stageOf } from '../../support/steps.ts'

const template = '/subscriptions/sub-b/resourceGroups/rg/providers/Microsoft.Resources/templateSpecs/host/versions/1'
const keepAlive = { stayOn: 1, maxOnTime: 2, patches: 'none', template } as const
const [vm, subject] = [ids.newVm, { ...hostSubject, zone: '2' } as typeof hostSubject]
const scene: Scene = { subject, spec: { keepAlive }, power: { [vm]: 'deallocated' } }
const begun: Scene = { ...scene, attempt: 1, enteredAt: before, begunAt: before }
const deploymentName = `avd-failover-avd-1-${before.toString(36)}`

describe('before a deployment', () => {
  test.each<[string, Partial<Scene>, string]>([
    ['a VM that is off is made anew', {}, 'notBegun'],
    ['so is one that is gone', { power: {} }, 'notBegun'],
    ['one that runs is somebody else’s work', { power: { [vm]: 'running' } }, 'faulted:conflict'],
    ['one that runs after an attempt is ours', { power: { [vm]: 'running' }, attempt: 1 }, 'notBegun'],
    ['power that cannot be read tells nothing', { power: gone }, 'couldNotLook:unavailable!'],
    ['without a template nothing is done', { spec: {} }, 'faulted:rejected'],
  ])('%s', async (_, parts, wanted) => {
    expect(await see(redeployVm, { ...scene, ...parts })).toBe(wanted)
  })
})

describe('after a begin', () => {
  const full: Fault = { code: 'noCapacity', message: 'full', retryable: true, azureCode: 'AllocationFailed' }

  test.each<[string, Partial<Scene>, string]>([
    ['no deployment of its name means that nothing came of it', {}, 'notBegun'],
    ['one that runs is waited for', { deployment: { state: 'running' } }, 'underway'],
    ['one that succeeded is done', { deployment: { state: 'succeeded' } }, 'done'],
    ['one that failed says why', { deployment: { state: 'failed', fault: full } }, 'faulted:noCapacity!'],
    ['one that failed without a word may be tried again', { deployment: { state: 'failed' } }, 'faulted:jobFailed!'],
  ])('%s', async (_, parts, wanted) => {
    expect(await see(redeployVm, { ...begun, ...parts })).toBe(wanted)
  })

  test('the moment of the start is kept, for the hard limit of its time on', async () => {
    const found = await look(redeployVm, { ...begun, deployment: { state: 'succeeded' } })
    expect(found.facts).toEqual({ startedAt: before })
  })
})

describe('the begin', () => {
  test('makes a token for two hours and hands it to the template, with the deployment’s name from the row', async () => {
    const { came, sent } = await begin(redeployVm, { ...begun, now })
    expect(came).toBe('accepted')
    const [token, deploy = ''] = sent
    expect(token).toBe(`token ${ids.newPool} ${now + 7_200_000}`)
    const [, id, ...rest] = deploy.split(' ')
    expect(id).toBe(
      `/subscriptions/sub-b/resourceGroups/rg/providers/Microsoft.Resources/deployments/${deploymentName}`,
    )
    expect(rest.map((part) => JSON.parse(part))).toEqual([
      template,
      { vmName: 'avd-1', hostPoolId: ids.newPool, location: 'UKWest', zone: '2', registrationToken },
    ])
  })

  test('tells nobody the token, whatever Azure answers', async () => {
    const fault: Fault = { code: 'rejected', message: `no such ${registrationToken}`, retryable: false }
    const { context } = stageOf({
      ...begun,
      answer: (line) => (line.startsWith('deploy') ? { kind: 'refused', fault } : { kind: 'ok', value: undefined }),
    })
    const told = await redeployVm.begin?.(context, { notAfter: 10_000 })
    expect(told).toMatchObject({ kind: 'refused', fault: { message: 'no such (the token)' } })
  })

  test('sends no deployment without a token, and may try again', async () => {
    const fault: Fault = { code: 'outcomeUnknown', message: 'reset', retryable: false }
    const answer: Scene['answer'] = () => ({ kind: 'unknown', fault })
    const { came, sent } = await begin(redeployVm, { ...begun, answer })
    expect([came, sent.length]).toEqual(['refused:outcomeUnknown', 1])
  })

  test('sends nothing at all when somebody has started the VM', async () => {
    expect(await begin(redeployVm, { ...begun, power: { [vm]: 'running' } })).toEqual({
      came: 'refused:conflict',
      sent: [],
    })
  })
})

test('what it starts is paced like any start', () => {
  expect(redeployVm.limits.paced).toBe('starts')
  expect(redeployVm.limiter?.(stageOf(scene).context)).toBe('sub-b/ukwest')
  expect(spec.keepAlive).toBeUndefined()
})
