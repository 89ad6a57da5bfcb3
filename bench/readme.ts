import { availableParallelism, cpus, release } from 'node:os'
import type { Bench, Entry } from './entry.ts'

/** `bench/README.md`, made of the results; nobody edits it. */
export function readmeOf(benches: readonly Bench[], entries: readonly Entry[]): string {
  return [
    '<!-- Written by `npm run bench`. Do not edit: change bench/*.ts. -->',
    '# Benchmarks',
    '',
    '`npm run bench` runs everything and ends with an exit code other than 0 when a bar is missed; `npm run bench -- --only <name>`',
    'runs one entry. What counts is the ratio of a value to a limit of the same run; seconds are for information, they differ from',
    'machine to machine. Entries without a bar are beside the point on purpose: what people do today, and where the time goes.',
    '',
    `Machine of these results: ${machine()}.`,
    '',
    ...benches.flatMap((bench) => section(bench, entries)),
  ].join('\n')
}

const machine = () =>
  `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${process.platform} ${release()}, Node ${process.version}`

function section(bench: Bench, entries: readonly Entry[]): readonly string[] {
  const own = entries.filter(({ name }) => name.startsWith(`${bench.name},`))
  return [
    `## ${bench.name}`,
    '',
    `\`npm run bench -- --only ${bench.name}\``,
    '',
    bench.about,
    '',
    ...(own.length === 0 ? ['Not run yet.'] : table(own)),
    '',
  ]
}

const table = (entries: readonly Entry[]): readonly string[] => [
  '| | value | limit | ratio | bar | |',
  '|---|--:|--:|--:|--:|---|',
  ...entries.map(
    ({ name, value, limit, ratio, bar, ok }) =>
      `| ${name} | ${value} | ${limit} | ${ratio} | ${bar ?? ''} | ${bar === null ? '' : ok ? 'ok' : '**missed**'} |`,
  ),
]
