/** Writes docs/reference/drift-rules from the rules' own words: `node tools/drift-rules.ts`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { Rule } from '../src/lib/drift/rule.ts'
import { rules } from '../src/lib/drift/rules/index.ts'
import { fixableRules } from '../src/lib/plan/fixable-rules.ts'

const folder = 'docs/reference/drift-rules'

/** Texts of all pages by their paths. */
export const driftRulePages = (): ReadonlyMap<string, string> =>
  new Map([
    [`${folder}/README.md`, overview()],
    ...rules.map((rule) => [`${folder}/${rule.id}.md`, page(rule)] as const),
  ])

const overview = (): string =>
  [
    '# Drift rules',
    '<!-- Written by tools/drift-rules.ts from src/lib/drift/rules. Do not edit. -->',
    `After every inventory ${rules.length} rules compare the two sides of every pair, and what they stand on. What they find is at\n[\`GET findings\`](../http.md#findings), in the preview of every operation, and in the queue \`notifications\` when it changes. What stops a\nfailover comes first. What severities and \`blocks\` mean: [codes](../codes.md#drift). Single findings may be more or less severe than\ntheir rule.`,
    ['| Holds when all is well | Severity | Blocks when critical | Fix |', '|---|---|---|---|', ...rules.map(row)].join(
      '\n',
    ),
    '*Fix*: findings of this rule, or some of them, can be put right by an operation of the kind `align`. It touches only the side where\nusers do not work, and no pair that another operation holds. The plan says which rules may begin one by themselves:',
    ['```yaml', 'drift:', '  fix: { pool-settings-equal: auto }', '```'].join('\n'),
    '## Could not check',
    'A rule that was not shown all it needs says what it could not check, and why. That is never a pass: what it had found stays open, and\nwhat it might have found is listed beside the findings. A part of the inventory that could not be read this time is old, and counts as\nnot read.',
    '## Accepting a finding',
    'Somebody may answer for a finding until a day. It is shown as `waived`, with reason, name and end, and blocks nothing; on the day after\nit is open again, and told. Without `pair` it holds for all pairs, without `subject` for all that the rule finds.',
    [
      '```yaml',
      'drift:',
      '  waivers:',
      '    - rule: capacity-reserved',
      '      pair: pooled-uk',
      '      reason: not worth the price, decided on 2 March',
      '      by: head of workplace',
      '      until: 2026-12-31',
      '```',
    ].join('\n'),
    '',
  ].join('\n\n')

const row = ({ id, title, severity, blocks }: Rule): string =>
  `| [${title}](${id}.md) | ${severity} | ${blocks === 'never' ? '' : `\`${blocks}\``} | ${fixableRules.includes(id) ? 'yes' : ''} |`

const page = ({ id, title, severity, blocks, compares, why, howToFix, source }: Rule): string =>
  [
    `# ${title}`,
    `<!-- Written by tools/drift-rules.ts from src/lib/drift/rules/${id}.ts. Do not edit. -->`,
    `\`${id}\`: ${severity}, blocks \`${blocks}\` when critical ([codes](../codes.md#drift))`,
    `**What is compared.** ${sentence(compares)}`,
    `**Why.** ${sentence(why)}`,
    `**How to put it right.** ${sentence(howToFix)}${fixableRules.includes(id) ? ' Some of it [the app can do](README.md) on the side where users do not work.' : ''}`,
    `**Source.** [${source.title}](${source.url})`,
    `**Code.** [rule](../../../src/lib/drift/rules/${id}.ts), [test](../../../test/unit/drift/rules/${id}.test.ts)`,
    '',
  ].join('\n\n')

function sentence(text: string): string {
  const [first = '', ...rest] = text
  const whole = first.toUpperCase() + rest.join('')
  return /[.!?)]$/.test(whole) ? whole : `${whole}.`
}

if (import.meta.main) {
  const pages = driftRulePages()
  const at = (path: string) => new URL(`../${path}`, import.meta.url)
  mkdirSync(at(folder), { recursive: true })
  for (const name of readdirSync(at(folder))) if (!pages.has(`${folder}/${name}`)) rmSync(at(`${folder}/${name}`))
  for (const [path, text] of pages) writeFileSync(at(path), text)
}
