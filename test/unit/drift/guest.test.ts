import { describe, expect, test } from 'vitest'
import { fslogixOf, guestFslogixOf } from '../../../src/lib/drift/guest.ts'

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
    expect(guestFslogixOf(tags as Record<string, string>)).toBeUndefined()
  })
})

describe('facts about FSLogix', () => {
  const factsOf = (facts: unknown) => guestFslogixOf({ 'avd-dr-fslogix': JSON.stringify(facts) })

  test('name the hosts of both containers in order, and count what is not Cloud Cache', () => {
    expect(factsOf({ ccd: 'StProfA stprofb', office: 'stoffa stoffb', vhd: 0, officeVhd: 1, type: 3 })).toEqual({
      profilePlaces: ['stprofa', 'stprofb'],
      officePlaces: ['stoffa', 'stoffb'],
      profileDisks: 0,
      officeDisks: 1,
      profileType: 3,
    })
  })

  test('tell a container that is off from one without Cloud Cache', () => {
    expect(factsOf({ office: '-', ccd: '' })).toEqual({ officePlaces: 'off', profilePlaces: [] })
    expect(factsOf({ office: '' })).toEqual({ officePlaces: [] })
  })

  test.each([{ ccd: ['a'] }, { vhd: '1' }, { vhd: -1 }, { type: 0.5 }, { office: 1 }, { on: 1, places: 2 }])(
    'leave out what is not as it should be: %j',
    (facts) => {
      expect(factsOf(facts)).toEqual({})
    },
  )
})
