import { describe, expect, it } from 'vitest'
import { readPlan } from '../../../src/lib/plan/read-plan.ts'
import { planText as good, groups } from '../../support/plans.ts'

const problemsOf = (text: string) => {
  const read = readPlan(text)
  return read.ok ? [] : read.problems
}
/** The good plan with one place changed. */
const withText = (from: string | RegExp, to: string) => {
  const changed = good.replace(from, to)
  expect(changed).not.toBe(good)
  return changed
}

describe('a plan that can be read', () => {
  it('has its defaults filled in and its lengths of time in milliseconds', () => {
    const read = readPlan(good)
    expect(read.ok && read.plan.limits).toEqual({
      batchSize: 100,
      batchInterval: 600_000,
      deadSideDeadline: 300_000,
      inventoryAge: 3_600_000,
    })
    expect(read.ok && read.plan.pairs[0]).toMatchObject({
      tier: 5,
      grace: 600_000,
      capacityDeadline: 2_700_000,
      minimumCapacity: { percent: 50 },
      counterparts: 'pool',
      recoveryPoint: 'latest',
      order: { tierTag: 'drTier' },
    })
  })

  it('has GUIDs in lower case, so that they compare', () => {
    const read = readPlan(withText(groups[0].id, groups[0].id.toUpperCase()))
    expect(read.ok && read.plan.pairs[0]?.groups[0]?.id).toBe(groups[0].id)
  })

  it.each<[string, string, string[]]>([
    ['limits: { batchSize: 101 }', 'limits.batchSize', ['looseBatchSize']],
    ['limits: { batchInterval: 9 min 59 s }', 'limits.batchInterval', ['looseBatchInterval']],
    ['limits: { batchSize: 100, batchInterval: PT10M }', '', []],
    ['limits: { batchSize: 1, batchInterval: 1 d }', '', []],
  ])('%s is warned about where it is looser than advised', (line, path, codes) => {
    const read = readPlan(withText('name: small', `name: small\n${line}`))
    expect(read.ok && read.warnings.map(({ code }) => code)).toEqual(codes)
    expect(read.ok && read.warnings.map((warning) => warning.path).join()).toBe(path)
  })

  it('is warned about when it maps nothing', () => {
    const read = readPlan(good.replace(/ {4}groups:\n.*\n.*\n/, ''))
    expect(read.ok && read.warnings.map(({ code }) => code)).toEqual(['noGroups'])
  })

  it('may use anchors in moderation', () => {
    const text = good
      .replace('hostPool: hp-s, region: uksouth }', 'hostPool: hp-s, region: &r uksouth }')
      .replace('hostPool: hp-p, region: uksouth }', 'hostPool: hp-p, region: *r }')
    expect(problemsOf(text)).toEqual([])
  })
})

describe('a plan with many slips', () => {
  it('is told all of them at once, those of single fields and those between fields', () => {
    const text = good
      .replace('name: small', 'name: ""')
      .replace('hp-w, region: ukwest', 'hp-w, region: uksouth')
      .replace('strategy: pooledStandby', 'strategy: pooledStandby\n    tier: 10')
      .replace(/ {4}vault: .*\n/, '')
      .replace('id: personal', 'id: pooled')
    expect(problemsOf(text).map(({ path }) => path)).toEqual([
      'name',
      'pairs[0].tier',
      'pairs[1].id',
      'pairs[0].secondary.region',
      'pairs[1].vault',
    ])
  })
})

describe('a text that is no plan', () => {
  const bomb = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`)
  it.each<[string, string, RegExp]>([
    ['nothing', '', /is empty|is missing/],
    ['a word', 'hello', /is "hello"/],
    ['a list', '- a', /is a list of 1/],
    ['a key given twice', 'version: 1\nversion: 1\n', /Map keys must be unique/],
    ['tabs', 'version: 1\nlimits:\n\tbatchSize: 1\n', /[Tt]abs/],
    ['an open quote', 'name: "a', /Missing closing/],
    ['two documents', 'version: 1\n---\nversion: 1\n', /multiple documents/],
    ['an unknown tag', 'version: !!js/function "x"\n', /[Uu]nresolved tag/],
    ['an alias of nothing', 'version: *a\n', /alias/i],
    ['aliases that blow up', `a0: &a0 [x]\n${bomb.join('\n')}\n`, /alias/],
    ['brackets within brackets', '['.repeat(1e5), /is nested too deep/],
    ['brackets that close', `a: ${'['.repeat(1e4)}${']'.repeat(1e4)}`, /is nested too deep/],
    ['lists within lists', '- '.repeat(5e4), /is nested too deep/],
    ['keys within keys', '? '.repeat(5e4), /is nested too deep/],
    ['ever deeper lines', Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /is nested too deep/],
    ['more than a plan can be', `#${'x'.repeat(300_000)}`, /is 300001 characters long/],
  ])('%s', (_, text, problem) => {
    const started = performance.now()
    const [first] = problemsOf(text)
    expect(first?.problem).toMatch(problem)
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('does not take __proto__ for an option', () => {
    expect(problemsOf(`__proto__: { version: 1 }\n${good}`)).toMatchObject([{ path: '__proto__' }])
    expect(({} as Record<string, unknown>).version).toBeUndefined()
  })
})
