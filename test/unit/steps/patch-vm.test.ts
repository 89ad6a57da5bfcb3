import { describe, expect, test } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import type { PatchRun } from '../../../src/lib/model/azure.ts'
import { patchVm } from '../../../src/lib/steps/patch-vm.ts'
import { gone, hostSubject, ids, minute, now } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

type Wanted = 'none' | 'assess' | 'install'
const scene = (patches: Wanted, parts: Scene = {}): Scene => ({
  subject: hostSubject,
  spec: { keepAlive: { stayOn: hours(2), maxOnTime: hours(8), patches } },
  vm: {},
  ...parts,
})
const run = (status: string, startedAt = now): PatchRun => ({ status, startedAt, text: '3 of something' })
const assessed = (assessment: PatchRun): Scene => ({ vm: { patches: { assessment } } })
const installed = (installation: PatchRun): Scene => ({ vm: { patches: { installation } } })
/** Begun, when there was a run from an hour ago. */
const begun = { attempt: 1, begunAt: now - minute, enteredAt: now - minute, memo: { before: now - hours(1) } }

test.each<[string, Scene, string]>([
  ['nothing asked for is done', scene('none', { vm: gone }), 'done'],
  ['a VM that was never looked at is to be begun', scene('assess'), 'notBegun'],
  ['an older run is no answer', scene('assess', assessed(run('Succeeded', now - hours(1)))), 'notBegun'],
  ['a run under way is waited for, whoever began it', scene('assess', assessed(run('inProgress'))), 'underway'],
  [
    'an assessment under way for longer than half an hour is given up',
    scene('assess', { ...assessed(run('InProgress')), enteredAt: now - 31 * minute }),
    'faulted:timedOut',
  ],
  [
    'an installation may take its time',
    scene('install', { ...installed(run('InProgress')), enteredAt: now - 31 * minute }),
    'underway',
  ],
  ['a newer run that succeeded is done', scene('assess', { ...begun, ...assessed(run('Succeeded')) }), 'done'],
  ['one with warnings is done', scene('assess', { ...begun, ...assessed(run('CompletedWithWarnings')) }), 'done'],
  ['one that failed is told', scene('assess', { ...begun, ...assessed(run('Failed')) }), 'faulted:jobFailed!'],
  ['so is a word that is new to us', scene('assess', { ...begun, ...assessed(run('Odd')) }), 'faulted:jobFailed!'],
  [
    'the run from before the begin is not its answer',
    scene('assess', { ...begun, ...assessed(run('Succeeded', now - hours(1))) }),
    'notBegun',
  ],
  ['an installation is another thing', scene('assess', { ...begun, ...installed(run('Succeeded')) }), 'notBegun'],
  ['an installation that succeeded is done', scene('install', { ...begun, ...installed(run('Succeeded')) }), 'done'],
  ['an assessment installs nothing', scene('install', { ...begun, ...assessed(run('Succeeded')) }), 'notBegun'],
  ['a VM that cannot be read tells nothing', scene('assess', { vm: gone }), 'couldNotLook:unavailable!'],
])('%s', async (_, given, wanted) => {
  expect(await see(patchVm, given)).toBe(wanted)
})

describe('what is remembered', () => {
  test('the run from before the first begin, and later the one that failed', async () => {
    const older = await look(patchVm, scene('assess', assessed(run('Succeeded', now - hours(1)))))
    expect(older.memo).toEqual({ before: now - hours(1) })
    const failed = await look(patchVm, scene('assess', { ...begun, ...assessed(run('Failed')) }))
    expect(failed.memo).toEqual({ before: now })
  })

  test('what came of it', async () => {
    const found = await look(patchVm, scene('install', { ...begun, ...installed(run('Succeeded')) }))
    expect(found).toMatchObject({ detail: 'install: 3 of something', facts: { patched: 'install: 3 of something' } })
  })
})

test.each<[Wanted, readonly string[]]>([
  ['assess', [`assessPatches ${ids.newVm}`]],
  ['install', [`installPatches ${ids.newVm}`]],
  ['none', []],
])('%s sends %j', async (wanted, sent) => {
  expect(await begin(patchVm, scene(wanted))).toEqual({ came: 'accepted', sent })
})
