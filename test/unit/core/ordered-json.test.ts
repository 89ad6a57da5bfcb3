import { expect, it } from 'vitest'
import { orderedJson } from '../../../src/lib/core/ordered-json.ts'

it('is one text for one value, whatever the order of its keys', () => {
  expect(orderedJson({ b: { d: 1, c: [2, 1] }, a: undefined })).toBe('{"b":{"c":[2,1],"d":1}}')
  expect(orderedJson([{ b: 1, a: 2 }, null, 'x'])).toBe('[{"a":2,"b":1},null,"x"]')
})
