import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Score } from './score.ts'

/** Of every folder, so that it stays above the rest. */
export const leastScore = 0.85

/** By folder, then by path. */
export type Results = Readonly<Record<string, Readonly<Record<string, Score>>>>

const root = join(import.meta.dirname, '..', '..')
const jsonPath = join(import.meta.dirname, 'results.json')
const pagePath = join(root, 'bench', 'mutation.md')

/** Puts the scores of the files that were run beside those of the others, without files that are gone. */
export function saveResults(folder: string, scores: Results[string]): Results[string] {
  const before: Results = existsSync(jsonPath) ? JSON.parse(readFileSync(jsonPath, 'utf8')) : {}
  const kept = Object.entries({ ...before[folder], ...scores }).filter(([path]) => existsSync(join(root, path)))
  const own = Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)))
  const results = { ...before, [folder]: own }
  writeFileSync(jsonPath, `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(pagePath, pageOf(results))
  return own
}

export function total(scores: Results[string]): Score {
  const sum = (name: keyof Score) => Object.values(scores).reduce((all, score) => all + score[name], 0)
  return {
    killed: sum('killed'),
    timedOut: sum('timedOut'),
    survived: sum('survived'),
    equivalent: sum('equivalent'),
  }
}

/** Equivalent mutants count as survivors: the bar is not reached by calling them so. */
export const ratioOf = ({ killed, timedOut, survived }: Score): number =>
  (killed + timedOut) / Math.max(1, killed + timedOut + survived)

const pageOf = (results: Results) =>
  [
    '<!-- Written by `npm run mutation`. Do not edit: change tools/mutation/*.ts. -->',
    '# Tests of the tests',
    '',
    'Stryker plants small faults (a condition turned round, a call or a branch taken out, a bound moved by one, another',
    'string or number, …), one at a time, in a copy of the product under the temp folder, and asks the unit tests of that',
    'folder. *Score* = noticed ÷ planted. No sample: of a file that stands here all mutants are run; files not run yet are named.',
    'Which tests judge what is in `tools/mutation/folders.ts`.',
    '',
    '| `src/lib/` | mutants | killed | timed out | survived | of these equivalent | score | bar | |',
    '|---|--:|--:|--:|--:|--:|--:|--:|---|',
    ...Object.entries(results).map(([folder, scores]) => row(`**${folder}**`, total(scores), true)),
    '',
    '- A mutant that does not compile is no mutant: it counts nowhere. The compiler is asked about the changed file alone.',
    '- *Timed out*: the tests went round in a loop, which is noticed.',
    '- *Equivalent*: looked at, and no test can or need tell it from the original; each with its reason in',
    '  `tools/mutation/equivalent.ts`. They stay in the score as survivors.',
    '- What limits the figure: the operators are small and single. A fault that needs two changes, a wrong order of writes, or a',
    '  crash between two calls is not among them; for those there are the chaos runs and the crash points.',
    '',
    '`npm run mutation -- --only <folder>`; `--files <name>,<name>` for some of its files. It ends with an exit code other than 0',
    'below the bar, and prints every survivor.',
    '',
    ...Object.entries(results).flatMap(([folder, scores]) => [
      `## ${folder}`,
      '',
      '| | mutants | killed | timed out | survived | of these equivalent | score |',
      '|---|--:|--:|--:|--:|--:|--:|',
      ...Object.entries(scores).map(([path, score]) => row(`\`${path.split('/').at(-1)}\``, score, false)),
      ...notRun(folder, scores),
      '',
    ]),
  ].join('\n')

/** A file without a mutant, types for one, never comes to stand here. */
function notRun(folder: string, scores: Results[string]): readonly string[] {
  const paths = globSync(`src/lib/${folder}/*.ts`, { cwd: root }).map((path) => path.replaceAll('\\', '/'))
  const names = paths.filter((path) => scores[path] === undefined).map((path) => `\`${basename(path)}\``)
  return names.length === 0 ? [] : ['', `Not run, or nothing to mutate: ${names.sort().join(', ')}.`]
}

function row(name: string, score: Score, isJudged: boolean): string {
  const { killed, timedOut, survived, equivalent } = score
  const ratio = ratioOf(score)
  const bar = isJudged ? ` ${leastScore * 100} % | ${ratio >= leastScore ? 'reached' : '**missed**'} |` : ''
  const planted = killed + timedOut + survived
  return `| ${name} | ${planted} | ${killed} | ${timedOut} | ${survived} | ${equivalent} | ${(ratio * 100).toFixed(1)} % |${bar}`
}
