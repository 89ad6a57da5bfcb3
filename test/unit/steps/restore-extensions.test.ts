import { describe, expect, test } from 'vitest'
import { restoreExtensions } from '../../../src/lib/steps/restore-extensions.ts'
import { both, rule, scene, seen, subject, told, vm, within, work } from '../../support/extension-things.ts'
import { desktop, gone, minute, now } from '../../support/step-things.ts'
import { look, type Scene } from '../../support/steps.ts'

describe('what comes next', () => {
  test.each<[string, Scene, string]>([
    ['a machine without any begins with the first one', scene(vm()), 'notBegun put 0 1'],
    ['one that is there is passed', scene(vm([seen('monitor')])), 'notBegun put 1 1'],
    ['all there is done', scene(vm(both)), 'done'],
    [
      'state and kind have no letter case',
      scene(vm([seen('monitor', { state: 'succeeded', type: 'AZUREMONITORWINDOWSAGENT' }), seen('guard')])),
      'done',
    ],
    [
      'one that somebody is installing is waited for',
      scene(vm([seen('monitor', { state: 'Creating' })])),
      'underway put 0 1',
    ],
    [
      'so is one with a state that is new to us',
      scene(vm([seen('monitor', { state: 'Transitioning' })])),
      'underway put 0 1',
    ],
    ['the same kind under another name counts', scene(vm([seen('monitor', { name: 'Other' }), seen('guard')])), 'done'],
    ['a newer version counts', scene(vm([seen('monitor', { version: '1.11' }), seen('guard')])), 'done'],
    ['a newer major version counts', scene(vm([seen('monitor', { version: '2.0' }), seen('guard')])), 'done'],
    ['a patch level does not matter', scene(vm([seen('monitor', { version: '1.10.0.3' }), seen('guard')])), 'done'],
    [
      'an older version is put anew',
      scene(vm([seen('monitor', { version: '1.9' }), seen('guard')])),
      'notBegun put 0 1',
    ],
    [
      'an older major version is put anew',
      scene(vm([seen('monitor', { version: '0.12' }), seen('guard')])),
      'notBegun put 0 1',
    ],
    [
      'a version that is no number has to be equal',
      scene(vm([seen('monitor', { version: 'latest' }), seen('guard')])),
      'notBegun put 0 1',
    ],
    [
      'settings in another order are equal',
      scene(vm([seen('monitor'), seen('guard', { settings: '{"b":{"c":2},"a":1}' })])),
      'done',
    ],
    ['empty settings are none', scene(vm([seen('monitor', { settings: '{}' }), seen('guard')])), 'done'],
    [
      'other settings are put anew',
      scene(vm([seen('monitor'), seen('guard', { settings: '{"a":2}' })])),
      'notBegun put 1 1',
    ],
    [
      'settings that are no JSON are compared as they are',
      scene(vm([seen('monitor'), seen('guard', { settings: 'x' })])),
      'notBegun put 1 1',
    ],
    ['one that failed is removed first', scene(vm([seen('monitor', { state: 'Failed' })])), 'notBegun remove 0 0'],
    ['once it is gone it is put', scene(vm(), within('remove 0 0')), 'notBegun put 0 1'],
    [
      'one of ours that failed is removed',
      scene(vm([seen('monitor', { state: 'Failed' })]), within('put 0 1')),
      'notBegun remove 0 1',
    ],
    ['and put again', scene(vm(), within('remove 0 1')), 'notBegun put 0 2'],
    [
      'a removal that does not show yet stays the part',
      scene(vm([seen('monitor', { state: 'Failed' })]), within('remove 0 1')),
      'notBegun remove 0 1',
    ],
    [
      'while it is being removed it is waited for',
      scene(vm([seen('monitor', { state: 'Deleting' })]), within('remove 0 1')),
      'underway remove 0 1',
    ],
    [
      'after the third time it is gone, it is the next one’s turn',
      scene(vm(), within('remove 0 3')),
      'notBegun put 1 1',
    ],
    [
      'the third failure is removed like the others, for it blocks the next one',
      scene(vm([seen('monitor', { state: 'Failed' })]), within('put 0 3')),
      'notBegun remove 0 3',
    ],
    ['one of ours that does not show yet stays the part', scene(vm(), within('put 0 2')), 'notBegun put 0 2'],
    [
      'after ten begins without a trace it is the next one’s turn',
      scene(vm(), within('put 0 1', 2 * minute, { attempt: 10 })),
      'notBegun put 1 1',
    ],
    [
      'not before the tenth has settled',
      scene(vm(), within('put 0 1', minute - 1, { attempt: 10 })),
      'notBegun put 0 1',
    ],
    [
      'installing may take its time',
      scene(vm([seen('monitor', { state: 'Creating' })]), within('put 0 1', 25 * minute)),
      'underway put 0 1',
    ],
    [
      'and not more',
      scene(vm([seen('monitor', { state: 'Creating' })]), within('put 0 1', 25 * minute + 1)),
      'notBegun put 1 1',
    ],
    [
      "somebody else's has its time from when it was first seen",
      scene(vm([seen('monitor', { state: 'Creating' })]), {
        ...within('put 1 1', 40 * minute),
        begunAt: now - 40 * minute,
      }),
      'underway put 0 1',
    ],
    [
      'another kind under the same name is left alone',
      scene(vm([{ ...seen('guard'), name: 'monitor', type: 'Else' }])),
      'notBegun put 1 1',
    ],
    ['one that was given up is passed', scene(vm(), { memo: { lost0: 'failed' } }), 'notBegun put 1 1'],
    [
      'put anew, it is waited for until the change shows',
      scene(vm([seen('monitor', { version: '1.9' })]), within('put 0 1', minute - 1)),
      'underway put 0 1',
    ],
    [
      'what Azure makes of an accepted one stays',
      scene(
        vm([seen('monitor', { version: '1.9' }), seen('guard')]),
        within('put 0 1', minute, { memo: { accepted: 'put 0 1' } }),
      ),
      'done',
    ],
    [
      'one whose answer was lost is put again',
      scene(vm([seen('monitor', { version: '1.9' }), seen('guard')]), within('put 0 1', minute)),
      'notBegun put 0 1',
    ],
    [
      'the acceptance of another part is not its own',
      scene(vm([seen('monitor', { version: '1.9' })]), within('put 0 1', minute, { memo: { accepted: 'put 1 1' } })),
      'notBegun put 0 1',
    ],
  ])('%s', async (_, given, wanted) => {
    expect(await told(given)).toBe(wanted)
  })

  test.each<[string, Scene, string]>([
    ['a machine that cannot be read tells nothing', scene(gone), 'couldNotLook:unavailable!'],
    ['a desktop of which nothing is known is done', { subject: desktop, spec: {} }, 'done'],
    ['so is one whose work is not in the spec', { subject, spec: {} }, 'done'],
    [
      'an agent that is not ready is waited for',
      scene(vm([], { isAgentReady: false })),
      'couldNotLook:unproven! put 0 1',
    ],
    ['what is there needs no agent', scene(vm(both, { isAgentReady: false })), 'done'],
    [
      'what is under way needs none',
      scene(vm([seen('monitor', { state: 'Creating' })], { isAgentReady: false })),
      'underway put 0 1',
    ],
    [
      'half an hour is enough',
      scene(vm([], { isAgentReady: false }), { memo: { silentSince: now - 30 * minute } }),
      'couldNotLook:unproven! put 0 1',
    ],
    [
      'and then it goes on without',
      scene(vm([], { isAgentReady: false }), { memo: { silentSince: now - 30 * minute - 1 } }),
      'done',
    ],
    [
      'an operation of its own fails, and may come again',
      scene(vm([], { isAgentReady: false }), { memo: { silentSince: 1 }, spec: { kind: 'restoreExtensions' } }),
      'faulted:extensionsMissing',
    ],
    [
      'by what was refused it does not fail',
      scene(vm([]), { memo: { lost0: 'x', lost1: 'y' }, spec: { kind: 'restoreExtensions' } }),
      'done',
    ],
  ])('%s', async (_, given, wanted) => {
    expect(await told(given)).toBe(wanted)
  })

  test('silence is counted from when it began, and forgotten when it ends', async () => {
    const silent = await look(restoreExtensions, scene(vm([], { isAgentReady: false })))
    expect(silent.memo).toMatchObject({ silentSince: now })
    const still = await look(
      restoreExtensions,
      scene(vm([], { isAgentReady: false }), { memo: { silentSince: 5 + now - minute } }),
    )
    expect(still.memo).toMatchObject({ silentSince: 5 + now - minute })
    expect((await look(restoreExtensions, scene(vm(), { memo: { silentSince: 5 } }))).memo).toMatchObject({
      silentSince: 0,
    })
  })

  test('it tells what it does and how far it is', async () => {
    expect((await look(restoreExtensions, scene(vm([seen('monitor')])))).detail).toBe('puts Guard, 2 of 2')
    const failed = scene(vm([seen('monitor', { name: 'Other', state: 'Failed', problem: 'no way' })]))
    expect(await look(restoreExtensions, failed)).toMatchObject({
      detail: 'removes Other, which failed, 1 of 2',
      memo: { failedName: 'Other', problem: 'no way' },
    })
    const creating = scene(vm([seen('monitor', { state: 'Creating' })]))
    expect((await look(restoreExtensions, creating)).detail).toBe('Monitor is Creating')
  })
})

describe('data collection', () => {
  const wanted = work({ restore: [], associations: [rule, { name: 'end', endpointId: '/e' }] })
  const has = (associations: Scene['associations'], parts: Partial<Scene> = {}) => ({
    ...scene(vm(), parts, wanted),
    associations: associations ?? [],
  })

  test.each<[string, Scene, string]>([
    ['is associated after the extensions', has([]), 'notBegun associate 0 1'],
    ['one by one', has([rule]), 'notBegun associate 1 1'],
    [
      'until all are there, in any letter case',
      has([
        { name: 'RULE', ruleId: '/Subscriptions/s/rules/R' },
        { name: 'end', endpointId: '/E' },
      ]),
      'done',
    ],
    ['one with another rule is replaced', has([{ ...rule, ruleId: '/x' }]), 'notBegun associate 0 1'],
    ['one that is given up is passed', has([], { memo: { lostAssociation0: 'x' } }), 'notBegun associate 1 1'],
    [
      'so is one that never shows',
      has([], within('associate 0 1', 2 * minute, { attempt: 10 })),
      'notBegun associate 1 1',
    ],
    [
      'not before the tenth has settled',
      has([], within('associate 0 1', minute - 1, { attempt: 10 })),
      'notBegun associate 0 1',
    ],
    ['unread tells nothing', has(gone), 'couldNotLook:unavailable!'],
    [
      'is not asked for where all are given up',
      scene(vm(), { memo: { lostAssociation0: 'x', lostAssociation1: 'x' } }, wanted),
      'done',
    ],
  ])('%s', async (_, given, then) => {
    expect(await told(given)).toBe(then)
  })
})
