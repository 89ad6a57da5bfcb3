import { describe, expect, test } from 'vitest'
import {
  applicationGroupSettings,
  hasSettings,
  isSameSetting,
  poolSettings,
  wireValue,
} from '../../../src/lib/model/settings.ts'

describe('two values of a setting', () => {
  test.each<[string | undefined, string | undefined, boolean]>([
    ['a', 'a', true],
    ['a', 'A', false],
    [undefined, '', true],
    [undefined, 'null', true],
    ['[]', '{}', true],
    ['{"a":null}', undefined, true],
    ['{"a":1,"b":null}', '{"a":1}', true],
    ['{"b":[{"c":null,"d":2}],"a":1}', '{"a":1,"b":[{"d":2}]}', true],
    ['{"a":1}', '{"a":2}', false],
    ['{not json', '{not json', true],
    ['[x', '', false],
    ['0', '', false],
    ['false', '', false],
  ])('%s and %s', (a, b, same) => {
    expect(isSameSetting(a, b)).toBe(same)
    expect(isSameSetting(b, a)).toBe(same)
  })
})

describe('a value on its way to Azure', () => {
  test.each<[string, string, unknown]>([
    ['customRdpProperty', 'true', 'true'],
    ['customRdpProperty', '', ''],
    ['validationEnvironment', 'true', true],
    ['maxSessionLimit', '8', 8],
    ['agentUpdate', '{"type":"Default","maintenanceWindowTimeZone":null}', { type: 'Default' }],
    ['maxSessionLimit', 'eight', undefined],
    ['maxSessionLimit', '', undefined],
    ['registrationInfo', '{}', undefined],
    ['constructor', 'x', undefined],
  ])('%s as %j', (name, value, wire) => {
    expect(wireValue(poolSettings, name, value)).toEqual(wire)
  })
})

test('what no fix writes makes no difference', () => {
  const wanted = { friendlyName: 'Office', other: '1' }
  expect(hasSettings({ friendlyName: 'Office', description: '' }, wanted, applicationGroupSettings)).toBe(true)
  expect(hasSettings({ friendlyName: 'Office', showInFeed: 'false' }, wanted, applicationGroupSettings)).toBe(false)
})
