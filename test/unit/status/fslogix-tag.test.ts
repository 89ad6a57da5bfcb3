import { describe, expect, test } from 'vitest'
import { fslogixOf } from '../../../src/lib/status/fslogix-tag.ts'

describe('what a guest wrote of FSLogix', () => {
  test('is read from its tag, whatever the case of the name', () => {
    expect(fslogixOf({ 'AVD-DR-FSLogix': '{"enabled":1,"vhdLocations":"\\\\\\\\share\\\\profiles"}' })).toEqual({
      enabled: 1,
      vhdLocations: '\\\\share\\profiles',
    })
  })

  test.each([
    {},
    { other: '{}' },
    { 'avd-dr-fslogix': '' },
    { 'avd-dr-fslogix': '{"cut off' },
    { 'avd-dr-fslogix': '[1]' },
    { 'avd-dr-fslogix': 'null' },
  ])('cannot be told from %j', (tags) => {
    expect(fslogixOf(tags as Record<string, string>)).toBeUndefined()
  })
})
