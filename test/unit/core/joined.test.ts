import { expect, it } from 'vitest'
import { joined } from '../../../src/lib/core/joined.ts'

it('work that runs is shared by all who ask for it, and done anew for who asks later', async () => {
  let times = 0
  const work = joined(async () => {
    times++
    await Promise.resolve()
    return times
  })
  expect(await Promise.all([work(), work(), work()])).toEqual([1, 1, 1])
  expect(await work()).toBe(2)
})

it('work that fails fails for all who asked, and is done anew afterwards', async () => {
  let isAway = true
  const work = joined(async () => {
    if (isAway) throw new Error('away')
    return 'there'
  })
  const all = await Promise.allSettled([work(), work()])
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  isAway = false
  expect(await work()).toBe('there')
})
