import { describe, expect, it } from 'vitest'
import { control } from '../../../src/lib/execution/control.ts'
import type { OperationKind } from '../../../src/lib/machine/spec.ts'
import { type Given, openEngine, putOperation } from '../../support/engine-world.ts'
import { over } from '../../support/operation-machine.ts'
import { recordedLog } from '../../support/recorded-log.ts'

const ended = {
  status: 'over',
  outcome: 'partial',
  endedAt: 0,
  stages: { capacity: over({ succeeded: 2, failed: 1 }) },
} satisfies Given['state']

/** An operation, and what a command does to its entry with the sweep and to its row, in order. */
async function open(given: Given = {}, isSaved = true) {
  const did: string[] = []
  const { log, lines } = recordedLog()
  const opened = openEngine((world) => ({
    ...world,
    log,
    active: {
      ...world.active,
      add: (id) => {
        did.push('add')
        return world.active.add(id)
      },
    },
    operations: {
      ...world.operations,
      save: async (...args) => {
        did.push('save')
        return isSaved ? world.operations.save(...args) : undefined
      },
    },
  }))
  await putOperation(opened, given)
  did.length = 0
  const ask = (kind: 'pause' | 'retryFailed') => control(opened.engine, 'op-1', { kind }, 'ops@example.com')
  return { ...opened, did, lines, ask }
}

describe('an operation that tries again after its end', () => {
  it('is with the sweep before it is saved, and after: its end may take it out in between', async () => {
    const { ask, did, world } = await open({ state: ended })
    const { value, etag } = await world.pairs.load('pair')
    const { heldBy: _, ...free } = value
    await world.pairs.save(free, etag)
    await ask('retryFailed')
    expect(did).toEqual(['add', 'save', 'add'])
  })

  it('is told to wait while its end is letting go of the pair', async () => {
    const { ask, did } = await open({ state: ended })
    expect(await ask('retryFailed')).toMatchObject({ kind: 'refused', message: expect.stringMatching(/in a minute/) })
    expect(did).toEqual([])
  })

  it.each<[OperationKind, OperationKind, 'done' | 'refused']>([
    ['failover', 'keepAlive', 'done'],
    ['failover', 'failover', 'refused'],
    ['keepAlive', 'failover', 'refused'],
    ['keepAlive', 'keepAlive', 'refused'],
  ])('a %s whose pair a %s holds by now: %s', async (kind, holder, answer) => {
    const { ask, world } = await open({ kind, state: ended })
    const { value, etag } = await world.pairs.load('pair')
    await world.pairs.save({ ...value, heldBy: { operationId: 'op-2', kind: holder } }, etag)
    expect(await ask('retryFailed')).toMatchObject({ kind: answer })
  })
})

describe('an operation that is under way', () => {
  it('keeps its entry with the sweep as it is', async () => {
    const { ask, did } = await open()
    await ask('pause')
    expect(did).toEqual(['save'])
  })

  it('that has no pair yet is not given one', async () => {
    const { ask } = await open({ holds: false })
    const answer = await ask('pause')
    expect(answer.kind === 'done' && answer.record).not.toHaveProperty('epoch')
  })

  it('is tried five times when others save it at the same moment', async () => {
    const { ask, did, lines } = await open({}, false)
    expect(await ask('pause')).toMatchObject({ kind: 'refused' })
    expect([did.length, lines]).toEqual([5, []])
  })

  it('is in the log with who did what', async () => {
    const { ask, lines } = await open()
    await ask('pause')
    const line = {
      level: 'info',
      event: 'operation controlled',
      operationId: 'op-1',
      act: 'pause',
      by: 'ops@example.com',
    }
    expect(lines).toEqual([line])
  })
})
