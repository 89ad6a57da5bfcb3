import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { readPlan } from '../../../src/lib/plan/read-plan.ts'
import { planText } from '../../support/plans.ts'

/** Values that break programs elsewhere. Each has a shape no field of a plan takes. */
const naughty: readonly unknown[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\u202Eevil',
  '\uFEFF',
  'a\u200Bb',
  '\uD800',
  '../../etc/passwd',
  '/subscriptions/../x',
  "'; DROP TABLE pairs; --",
  '<script>alert(1)</script>',
  ['$', '{7*7}'].join(''),
  '{{7*7}}',
  '%00',
  '%2e%2e',
  'a?b#c',
  'a\\b',
  'a/b',
  'a|b',
  'constructor\n',
  'x'.repeat(100_000),
  '😀'.repeat(300),
  '\r\nX-Header: 1',
  true,
  false,
  null,
  -1,
  0.1,
  1e308,
  Number.MAX_SAFE_INTEGER,
  [],
  [[]],
  {},
  { __proto__: null, toString: 1 },
  ['a'],
  { length: 3 },
]

/** Free text for people takes most of it: only what cannot be shown is refused. */
const freeText = /message\.(title|body)$|^name$|groups\[\d+\]\.name$|tierTag$|exclusionTag$|counterparts|TierTag/

type Leaf = { readonly path: string; readonly set: (value: unknown) => string }

const full = parse(
  planText
    .replace(
      '    groups:',
      `    tier: 1
    counterparts: { replace: -s, with: -w }
    minimumCapacity: 50%
    capacityDeadline: 1 h
    grace: 1 min
    message: { title: A, body: B }
    recoveryPoint: latest
    acceptedRoles: [aaaaaaaa-0000-4000-8000-000000000001]
    acceptedPrincipals: [aaaaaaaa-0000-4000-8000-000000000001]
    order: { tierTag: drTier }
    groups:`,
    )
    .replace(
      'name: small',
      'name: small\nlimits: { batchSize: 9, batchInterval: 10 min, deadSideDeadline: 1 min, inventoryAge: 1 h }',
    )
    .replace('hp-s, region', 'hp-s, applicationGroups: rg-a, vmResourceGroup: rg-m, exclusionTag: keep, region'),
) as object

function leavesOf(node: unknown, path: readonly (string | number)[] = []): readonly Leaf[] {
  if (node === null || typeof node !== 'object')
    return [
      {
        path: path.reduce<string>(
          (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${part}`),
          '',
        ),
        set: (value) => {
          const copy = structuredClone(full)
          let here = copy as Record<string | number, unknown>
          for (const part of path.slice(0, -1)) here = here[part] as typeof here
          here[path.at(-1) ?? ''] = value
          return stringify(copy, { aliasDuplicateObjects: false })
        },
      },
    ]
  return Object.entries(node).flatMap(([key, inner]) =>
    leavesOf(inner, [...path, Array.isArray(node) ? Number(key) : key]),
  )
}

describe('naughty values', () => {
  const leaves = leavesOf(full)

  it('start from a plan that is good and has many fields', () => {
    expect(readPlan(stringify(full))).toMatchObject({ ok: true })
    expect(leaves.length).toBeGreaterThan(40)
  })

  it.each(leaves.map((leaf) => [leaf.path, leaf] as const))(
    'in %s are told by their path, or harmless',
    (path, { set }) => {
      for (const value of naughty) {
        const read = readPlan(set(value))
        if (read.ok) expect([path, typeof value]).toEqual([expect.stringMatching(freeText), 'string'])
        else expect(read.problems.map((one) => one.path).join(' ')).toContain(path)
        if (!read.ok) for (const one of read.problems) expect(one.problem.length).toBeLessThan(600)
      }
    },
  )
})
