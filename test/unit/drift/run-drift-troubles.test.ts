/** Whoever evaluates may die, and may not be alone. */
import { describe, expect, test } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { now } from '../../support/plans.ts'
import { failing, open, opened } from './scene.ts'

describe('whoever dies', () => {
  test('before the save has told nothing, and the next evaluation tells it', async () => {
    let calls = 0
    const { run, messages, rows, pass } = open(failing((call) => call === 'save' && ++calls <= 4))
    await run('vm-1')
    expect([messages(), await rows()]).toEqual([[], []])
    pass(minutes(15))
    await run('vm-1')
    expect([messages(), await rows()]).toEqual([[opened('vm-1')], ['open vm-1']])
  })

  test('between save and send leaves the word on record; it goes out first, even when all is well by then', async () => {
    let isAway = true
    const { run, messages, rows, pass } = open(failing((call) => call === 'send' && isAway))
    await run('vm-1')
    expect([messages(), await rows()]).toEqual([[], ['open vm-1']])
    pass(minutes(15))
    await run()
    expect([messages(), await rows()]).toEqual([[], ['open vm-1']])
    isAway = false
    pass(minutes(15))
    await run()
    expect(messages()).toEqual([opened('vm-1'), { pairId: 'pooled', opened: [], resolved: ['vm-1'] }])
    pass(minutes(15))
    await run()
    expect([messages().length, await rows()]).toEqual([2, ['resolved vm-1']])
  })

  test('between send and the end of it repeats it once', async () => {
    let isDying = true
    let wasSent = false
    const { run, messages, pass } = open(
      failing((call) => {
        if (call === 'send') wasSent = true
        return call === 'save' && wasSent && isDying
      }),
    )
    await run('vm-1')
    isDying = false
    for (let runs = 0; runs < 3; runs++) {
      pass(minutes(15))
      await run('vm-1')
    }
    expect(messages()).toEqual([opened('vm-1'), opened('vm-1')])
  })
})

describe('two at once', () => {
  test('come to one result and one message', async () => {
    const { run, messages, rows } = open()
    await Promise.all([run('vm-1'), run('vm-1'), run('vm-1')])
    expect([messages(), await rows()]).toEqual([[opened('vm-1')], ['open vm-1']])
  })

  test('leave it to the one that is telling, and take over from one that has died', async () => {
    let isAway = true
    const { run, messages, pass, story } = open(failing((call) => call === 'send' && isAway))
    await run('vm-1')
    isAway = false
    pass(minutes(1))
    await run('vm-1')
    expect([messages(), story.evaluated.filter(({ pair }) => pair.id === 'pooled')]).toEqual([[], []])
    pass(minutes(1))
    await run('vm-1')
    expect(messages()).toEqual([opened('vm-1')])
  })

  test('send what somebody who died had left to be told only once', async () => {
    let isAway = true
    const { run, messages, pass } = open(failing((call) => call === 'send' && isAway))
    await run('vm-1')
    isAway = false
    pass(minutes(15))
    await Promise.all([run('vm-1'), run('vm-1')])
    expect(messages()).toEqual([opened('vm-1')])
  })

  test('go by the newer inventory', async () => {
    const { run, rows, story } = open()
    await run('vm-1')
    story.takenAt = now - minutes(2)
    await run('vm-2')
    expect(await rows()).toEqual(['open vm-1'])
  })
})
