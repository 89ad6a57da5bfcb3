import { describe, expect, it } from 'vitest'
import { noteIfUnreadable } from '../../../src/lib/execution/unreadable.ts'
import { StorageAway, UnreadableRow } from '../../../src/lib/storage/errors.ts'
import { begunAt, openEngine, putOperation } from '../../support/engine-world.ts'
import { recordedLog } from '../../support/recorded-log.ts'

const unreadable = () => Promise.reject(new UnreadableRow('operations', 'op-1', 'operation', 'tick is no number'))

async function noticed(where: Parameters<typeof noteIfUnreadable>[1], work: () => Promise<void>) {
  const opened = openEngine()
  await putOperation(opened)
  await noteIfUnreadable(opened.engine, where, work)
  return (await opened.world.operations.events('op-1')).filter(({ act }) => act !== 'start')
}

describe('a row nobody can read', () => {
  const event = {
    at: begunAt,
    act: 'unreadableRow',
    by: 'engine',
    specHash: '',
    detail: expect.stringContaining('tick is no number'),
  }

  it('of an operation is on record with the reason, and the message is done with', async () => {
    expect(await noticed({ operationId: 'op-1' }, unreadable)).toEqual([event])
  })

  it('of a task is on record under its stage and subject', async () => {
    const where = { operationId: 'op-1', stage: 'capacity', key: 'avd-1' }
    expect(await noticed(where, unreadable)).toEqual([{ ...event, stage: 'capacity', subject: 'avd-1' }])
  })
})

it('stands in the log with where it is and why', async () => {
  const { log, lines } = recordedLog()
  const opened = openEngine((world) => ({ ...world, log }))
  await putOperation(opened)
  await noteIfUnreadable(opened.engine, { operationId: 'op-1', stage: 'capacity', key: 'avd-1' }, unreadable)
  const where = { operationId: 'op-1', stage: 'capacity', task: 'avd-1' }
  const message = expect.stringContaining('tick is no number')
  expect(lines).toEqual([{ level: 'error', event: 'row is unreadable', ...where, message }])
})

describe('what is no unreadable row', () => {
  it.each([
    ['storage that is away', new StorageAway('503')],
    ['a bug', new Error('a bug')],
    ['something that is no error', { name: 'UnreadableRow', message: 'forged' }],
  ])('goes on being thrown, so that the message comes back: %s', async (_, thrown) => {
    await expect(noticed({ operationId: 'op-1' }, () => Promise.reject(thrown))).rejects.toBe(thrown)
  })

  it('leaves no record where all went well', async () => {
    expect(await noticed({ operationId: 'op-1' }, async () => {})).toEqual([])
  })
})
