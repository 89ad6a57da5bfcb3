/** Writes docs/reference/steps.md from the steps' own limits and first sentences: `node tools/step-reference.ts`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { writeDuration } from '../src/lib/plan/duration.ts'
import { steps } from '../src/lib/steps/index.ts'

type Step = (typeof steps)[keyof typeof steps]

export const stepsText = (): string =>
  [
    '# Steps',
    '<!-- Written by tools/step-reference.ts from src/lib/steps. Do not edit. -->',
    'A step that is found done is passed at once, whoever did it. *Gives up after* counts from the begin, or from entering a step that only\nwaits. *Settle*: a look that was started earlier after a begin does not prove that nothing happened. *Again after*: the wait after a fault that\nmay pass, unless Azure names one. With the primary down, best-effort steps give up after `deadSideDeadline` at the latest.',
    [
      '| Step | What it does | Attempts | Gives up after | Looks every | Settle | Again after | Paced |',
      '|---|---|---|---|---|---|---|---|',
      ...Object.values(steps).map(row),
    ].join('\n'),
    '',
  ].join('\n\n')

function row({ limits, begin }: Step): string {
  const { name, maxAttempts, timeout, pollEvery, settle, retryAfter, paced } = limits
  const attempts = begin ? `${maxAttempts}` : 'only waits'
  const lengths = [timeout, pollEvery, settle, retryAfter].map(writeDuration)
  return `| ${[`\`${name}\``, firstSentence(name), attempts, ...lengths, paced ?? ''].join(' | ')} |`
}

/** Of the comment that the step's file begins with. */
function firstSentence(name: string): string {
  const file = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const text = readFileSync(new URL(`../src/lib/steps/${file}.ts`, import.meta.url), 'utf8')
  const comment = /^\/\*\*([\s\S]*?)\*\//
    .exec(text)?.[1]
    ?.replace(/\s*\n\s*\*?\s*/g, ' ')
    .trim()
  const sentence = comment && /^.*?\.(?= |$)/.exec(comment)?.[0]
  if (!sentence) throw new Error(`src/lib/steps/${file}.ts does not begin with a sentence about the step`)
  return sentence
}

if (import.meta.main) writeFileSync(new URL('../docs/reference/steps.md', import.meta.url), stepsText())
