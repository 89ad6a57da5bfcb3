import { describe, expect, it } from 'vitest'
import { parseOperationTick, parseTaskTick } from '../../../src/lib/execution/messages.ts'

const task = { v: 1, operationId: 'op-1', stage: 'capacity', key: 'avd-1', tick: 3 }
const longest = 'x'.repeat(1_000)

describe('a tick of a task', () => {
  it.each<[string, object]>([
    ['as it was sent', task],
    ['of the first tick', { ...task, tick: 0 }],
    ['of texts of one character', { ...task, operationId: 'o', stage: 's', key: 'k' }],
    ['of texts as long as may be', { ...task, operationId: longest, stage: longest, key: longest }],
  ])('is read %s', (_, message) => {
    expect(parseTaskTick(message)).toEqual(message)
  })

  it('is read without whatever else it carries', () => {
    expect(parseTaskTick({ ...task, state: { status: 'over' } })).toEqual(task)
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', JSON.stringify(task)],
    ['a list', Object.assign([], task)],
    ['a later version', { ...task, v: 2 }],
    ['no version', { ...task, v: undefined }],
    ...(['operationId', 'stage', 'key'] as const).flatMap((field): [string, unknown][] => [
      [`no ${field}`, { ...task, [field]: undefined }],
      [`an empty ${field}`, { ...task, [field]: '' }],
      [`too long a ${field}`, { ...task, [field]: `${longest}x` }],
      [`a ${field} that is a list`, { ...task, [field]: ['avd-1'] }],
    ]),
    ['no tick', { ...task, tick: undefined }],
    ['a tick below zero', { ...task, tick: -1 }],
    ['half a tick', { ...task, tick: 0.5 }],
    ['a tick in words', { ...task, tick: '3' }],
    ['a tick beyond counting', { ...task, tick: 2 ** 53 }],
  ])('is not %s', (_, message) => {
    expect(parseTaskTick(message)).toBeUndefined()
  })
})

describe('a tick of an operation', () => {
  it.each<[string, object, object]>([
    ['with its number', { v: 1, operationId: 'op-1', tick: 0 }, { v: 1, operationId: 'op-1', tick: 0 }],
    ['as a nudge', { v: 1, operationId: 'op-1', sentAt: 7 }, { v: 1, operationId: 'op-1', sentAt: 7 }],
    ['by its number first', { v: 1, operationId: 'op-1', tick: 4, sentAt: 7 }, { v: 1, operationId: 'op-1', tick: 4 }],
  ])('is read %s', (_, message, expected) => {
    expect(parseOperationTick(message)).toEqual(expected)
  })

  it.each<[string, unknown]>([
    ['a text', 'op-1'],
    ['null', null],
    ['a later version', { v: 2, operationId: 'op-1', tick: 1 }],
    ['one of nobody', { v: 1, tick: 1 }],
    ['one of an empty name', { v: 1, operationId: '', tick: 1 }],
    ['neither a tick nor a nudge', { v: 1, operationId: 'op-1' }],
    ['a nudge of no moment', { v: 1, operationId: 'op-1', sentAt: 'now' }],
  ])('is not %s', (_, message) => {
    expect(parseOperationTick(message)).toBeUndefined()
  })
})
