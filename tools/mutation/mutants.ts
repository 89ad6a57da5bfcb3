import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Workshop } from './workshop.ts'

type Place = { readonly line: number; readonly column: number }

/** As in Stryker's report; `CompileError` comes from `compiles.mjs`. */
export type Mutant = {
  readonly id: string
  readonly mutatorName: string
  readonly replacement: string
  readonly location: { readonly start: Place; readonly end: Place }
  readonly status: 'Killed' | 'Survived' | 'Timeout' | 'NoCoverage' | 'CompileError' | 'RuntimeError'
}

/** By path from the root, `/`. */
export type Mutants = Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>

/** `isThorough`: a mutant reached while tests are loaded gets a process of its own, which takes seconds. */
export type Tests = { readonly include: readonly string[]; readonly isThorough: boolean }

/** Longer than any test of these folders takes on a busy machine; a mutant that needs more goes round in a loop. */
const patienceMs = 20_000

/**
 * Plants every mutant of `files` (paths, or `path:line:column-line:column`) and lets `tests` (globs) judge it.
 * Two at once; a mutant is judged by the tests that reach it. Throws if the tests are red without a mutant.
 */
export function judge({ copy, packages }: Workshop, files: readonly string[], tests: Tests): Mutants {
  const report = join(copy, '.tmp', 'mutation.json')
  mkdirSync(join(copy, '.tmp'), { recursive: true })
  writeFileSync(join(copy, 'stryker.config.json'), JSON.stringify(strykerConfig(packages, files, tests, report)))
  run(copy, [join(packages, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run', 'stryker.config.json'])
  return (JSON.parse(readFileSync(report, 'utf8')) as { files: Mutants }).files
}

function strykerConfig(packages: string, files: readonly string[], tests: Tests, report: string) {
  return {
    testRunner: 'quick',
    quick: tests,
    plugins: ['compiles.mjs', 'quick-runner.mjs'].map((name) => join(packages, name)),
    warnings: { unknownOptions: false },
    checkers: ['compiles'],
    mutate: files,
    coverageAnalysis: 'perTest',
    concurrency: 2,
    inPlace: true,
    tempDirName: '.tmp/stryker',
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: report },
    timeoutMS: patienceMs,
    allowConsoleColors: false,
  }
}

function run(cwd: string, args: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}:\n${stdout.slice(-4000)}`)
  return stdout
}
