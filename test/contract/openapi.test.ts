import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSpecValidator, hasSpecs, specsDirectory, validateAgainstSpec } from './openapi.ts'

const zoo = {
  swagger: '2.0',
  paths: {
    '/zoos/{zooName}/animals/{animalName}': {
      get: {
        responses: {
          200: { schema: { $ref: '#/definitions/Animal' } },
          default: { schema: { $ref: '../common.json#/definitions/Error' } },
        },
      },
      delete: { responses: { 204: {} } },
    },
  },
  definitions: {
    Animal: {
      required: ['name'],
      properties: {
        name: { type: 'string' },
        bornAt: { type: 'string', format: 'date-time' },
        food: { type: 'string', enum: ['grass', 'meat'] },
        details: { $ref: '#/definitions/Details' },
      },
    },
    Details: { discriminator: 'kind', required: ['kind'], properties: { kind: { type: 'string' } } },
    BirdDetails: {
      'x-ms-discriminator-value': 'Bird',
      allOf: [{ $ref: '#/definitions/Details' }],
      properties: { wings: { type: 'integer', format: 'int32' } },
    },
  },
}
const common = {
  definitions: { Error: { properties: { error: { required: ['code'], properties: { code: { type: 'string' } } } } } },
}

function zooValidator() {
  const directory = mkdtempSync(join(tmpdir(), 'specs-'))
  mkdirSync(join(directory, 'zoo'))
  writeFileSync(join(directory, 'zoo', 'zoo.json'), JSON.stringify(zoo))
  writeFileSync(join(directory, 'common.json'), JSON.stringify(common))
  const validate = createSpecValidator(directory)
  return (status: number, body: unknown, unknownFields: 'allow' | 'refuse' = 'allow') =>
    validate('zoo/zoo.json', 'GET', '/ZOOS/{z}/animals/{a}', status, body, { unknownFields })
}

test('an answer that follows the file has nothing wrong, nulls of optional fields included', () => {
  const check = zooValidator()
  expect(
    check(200, { name: 'Emu', bornAt: '0001-01-01T00:00:00', food: null, details: { kind: 'Bird', wings: 2 } }),
  ).toEqual([])
  expect(check(404, { error: { code: 'NotFound' } })).toEqual([])
})

test.each([
  ['a required field that is missing', 200, {}],
  ['a required field that is null', 200, { name: null }],
  ['a word that is not in the list', 200, { name: 'Emu', food: 'air' }],
  ['a time that is none', 200, { name: 'Emu', bornAt: 'yesterday' }],
  ['a field of the variant the discriminator names', 200, { name: 'Emu', details: { kind: 'Bird', wings: 'two' } }],
  ['an error without a code, defined in another file', 500, { error: {} }],
  ['a status that is not in the file', 201, { name: 'Emu' }],
])('%s is found', (_what, status, body) => {
  expect(zooValidator()(status, body)).not.toEqual([])
})

test('unknown fields are found when they are refused, at every depth, and variants keep their own', () => {
  const check = zooValidator()
  const spelledRight = { name: 'Emu', details: { kind: 'Bird', wings: 2 } }
  expect(check(200, spelledRight, 'refuse')).toEqual([])
  expect(check(200, { ...spelledRight, nmae: 'Emu' }, 'refuse')).not.toEqual([])
  expect(check(200, { name: 'Emu', details: { kind: 'Bird', beak: 1 } }, 'refuse')).not.toEqual([])
  expect(check(200, { ...spelledRight, nmae: 'Emu' })).toEqual([])
})

test(`${hasSpecs ? 'official examples satisfy the official files' : 'without SPECS_DIR, asking for the official files is refused'}`, () => {
  const call = ['Microsoft.Compute/2024-03-01/virtualMachine.json', 'GET'] as const
  const path = '/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.Compute/virtualMachines/{v}/instanceView'
  if (!hasSpecs) {
    expect(() => validateAgainstSpec(...call, path, 200, {})).toThrow('SPECS_DIR')
    return
  }
  const example = join(
    specsDirectory ?? '',
    'Microsoft.Compute/2024-03-01/examples/virtualMachineExamples/VirtualMachine_Get_InstanceView.json',
  )
  const { responses } = JSON.parse(readFileSync(example, 'utf8')) as { responses: { 200: { body: unknown } } }
  expect(validateAgainstSpec(...call, path, 200, responses[200].body)).toEqual([])
  expect(validateAgainstSpec(...call, path, 200, { statuses: [{ level: 'Loud' }] })).not.toEqual([])
})
