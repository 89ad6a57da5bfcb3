import { expect, test } from 'vitest'
import { steps } from '../../../src/lib/steps/index.ts'

const all = Object.entries(steps)

test.each(all)('%s is registered under its own name', (name, step) => {
  expect(step.limits.name).toBe(name)
})

test.each(all)('%s has limits that fit together', (_, { limits, begin, limiter }) => {
  expect(limits.timeout).toBeGreaterThan(limits.pollEvery)
  expect(limits.maxAttempts).toBeGreaterThan(0)
  expect(limiter !== undefined).toBe(limits.paced !== undefined)
  if (begin) expect(limits.timeout).toBeGreaterThan(limits.settle)
})

test('only signing out, which may safely be late or doubled, settles sooner than a write may be delayed', () => {
  expect(all.filter(([, { limits }]) => limits.settle < 60_000).map(([name]) => name)).toEqual(['signOutUsers'])
})

test('only these steps wait for somebody else', () => {
  expect(all.filter(([, { begin }]) => !begin).map(([name]) => name)).toEqual([
    'awaitHost',
    'awaitGrace',
    'verifyAccess',
    'awaitVm',
    'inspectHost',
    'awaitAgent',
    'stayOn',
  ])
})
