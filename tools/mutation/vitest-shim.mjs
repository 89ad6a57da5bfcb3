// Stands in for `vitest` while mutants are judged: the same assertions (@vitest/expect), but the tests are loaded once and
// called again for every mutant. Vitest itself starts a worker and loads all modules anew each time: seconds a mutant.
import { ASYMMETRIC_MATCHERS_OBJECT, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect'
import * as chai from 'chai'

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin)

export const expect = Object.assign(
  (value, message) => chai.expect(value, message),
  chai.expect,
  globalThis[ASYMMETRIC_MATCHERS_OBJECT],
)

/** In the order of the files: `{ id, name, run }`. */
export const tests = []
let path = []

/** What `describe` and `it` are told belongs to this file until the next one is begun. */
export function beginFile(name) {
  path = [name]
}

export function describe(name, body) {
  path.push(name)
  body()
  path.pop()
}
describe.each = (rows) => (name, body) => {
  for (const row of rows) describe(name, () => call(body, row))
}

export function test(name, body) {
  const whole = [...path, name].join(' > ')
  // Rows of a table have one title.
  const id = `${whole} #${tests.filter((one) => one.name === whole).length}`
  tests.push({ id, name: whole, run: async () => body({}) })
}
test.each = (rows) => (name, body) => {
  for (const row of rows) test(name, () => call(body, row))
}
export const it = test

const call = (body, row) => (Array.isArray(row) ? body(...row) : body(row))
