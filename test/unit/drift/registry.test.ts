import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { rules } from '../../../src/lib/drift/rules/index.ts'
import { ruleIds } from '../../../src/lib/plan/rule-ids.ts'

const root = new URL('../../../', import.meta.url)

describe('the registry', () => {
  test('has every rule that a plan may name, in the order of the pages', () => {
    expect(rules.map(({ id }) => id)).toEqual(ruleIds)
  })

  test.each(rules)('has $id from the file of its name, in words that make a page', (rule) => {
    const text = readFileSync(new URL(`src/lib/drift/rules/${rule.id}.ts`, root), 'utf8')
    const name = rule.id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
    expect(text).toContain(`export const ${name}: Rule = `)
    expect(rule.title).toMatch(/^[A-Z].{10,119}[^.]$/)
    for (const words of [rule.compares, rule.why, rule.howToFix]) expect(words).toMatch(/^[^#|\n]{20,}$/)
    expect(rule.source.title).toMatch(/^[^[\]]{10,}$/)
    expect(rule.source.url).toMatch(/^https:\/\/[^\s()]+$/)
  })
})
