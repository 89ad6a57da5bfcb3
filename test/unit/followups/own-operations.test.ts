import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { ownWorkOf } from '../../../src/lib/followups/own-operations.ts'
import { type Operated, openScene, start } from './scene.ts'

/** What is known of pc-1, whose failover ended at that moment, after these operations. */
async function workOn(at: number, ...operations: readonly Operated[]) {
  const scene = openScene()
  for (const one of operations) await scene.operate(one)
  const own = await ownWorkOf(scene.world, 'personal')
  return own('PC-1', at)
}

const failover = (parts: Partial<Operated> = {}): Operated => ({
  kind: 'failover',
  tasks: { 'pc-1': 'succeeded' },
  startedAt: start - minutes(20),
  endedAt: start,
  ...parts,
})

describe('an operation of ours', () => {
  test.each([
    ['began it and is done with it', failover(), 'over'],
    ['began it and told what is missing', failover({ tasks: { 'pc-1': 'degraded' } }), 'over'],
    ['is at work on it', { ...failover({ tasks: { 'pc-1': 'open' } }), endedAt: undefined }, 'open'],
    ['ended before its turn came', failover({ tasks: { 'pc-1': 'open' } }), 'none'],
    ['failed at it', failover({ tasks: { 'pc-1': 'failed' } }), 'none'],
    ['ended half-way, and notes down what is left', failover({ tasks: { 'pc-1': 'halfWay' } }), 'over'],
    ['was about others', failover({ tasks: { 'pc-2': 'succeeded' } }), 'none'],
    ['ended long before it', failover({ startedAt: start - hours(9), endedAt: start - hours(8) }), 'none'],
    ['began long after it', failover({ startedAt: start + minutes(5), endedAt: start + minutes(9) }), 'none'],
    [
      'ended a minute before it, by another clock',
      failover({ startedAt: start - hours(1), endedAt: start - minutes(11) }),
      'over',
    ],
    ['has restored since', failover({ kind: 'restoreExtensions', startedAt: start - minutes(5) }), 'over'],
    [
      'has restored what was there before',
      failover({ kind: 'restoreExtensions', startedAt: start - minutes(15) }),
      'none',
    ],
    ['protects it', failover({ kind: 'reprotect' }), 'none'],
    ['brought it home', failover({ kind: 'failback' }), 'over'],
    ['chose another point', failover({ kind: 'changeRecoveryPoint' }), 'over'],
  ] as const)('that %s', async (_, operation, work) => {
    const { endedAt, ...rest } = operation
    const given: Operated = endedAt === undefined ? rest : { ...rest, endedAt }
    expect(await workOn(start - minutes(10), given)).toBe(work)
  })

  test('that is at work on it counts for more than one that is done', async () => {
    const running: Operated = { kind: 'restoreExtensions', tasks: { 'pc-1': 'open' }, startedAt: start }
    expect(await workOn(start - minutes(10), failover(), running)).toBe('open')
  })

  test('of a pair whose id begins alike is not taken for one of this pair', async () => {
    const scene = openScene()
    await scene.operate(failover({ id: 'failover-personal-2-x' }))
    const stored = await scene.world.operations.load('failover-personal-2-x')
    if (!stored) throw new Error('it is there')
    await scene.world.operations.save({ ...stored.value, pairId: 'personal-2' }, stored.etag)
    const own = await ownWorkOf(scene.world, 'personal')
    expect(own('pc-1', start - minutes(10))).toBe('none')
  })
})
