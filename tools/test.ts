/** `npm test`: lint, types and tests; each is run although one before it failed. The last line counts. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const results = join(root, '.tmp', 'vitest.json')

type Check = { readonly name: string; readonly command: readonly [string, ...string[]] }
/** What only a linter that knows the types can see. */
const promiseRules = ['no-floating-promises', 'no-misused-promises', 'await-thenable'].flatMap((rule) => [
  '-D',
  `typescript/${rule}`,
])
const checks: readonly Check[] = [
  { name: 'lint', command: ['biome', 'check'] },
  {
    name: 'promises',
    command: ['oxlint', '--type-aware', '-A', 'all', ...promiseRules, 'src', 'sim', 'tools', 'bench'],
  },
  { name: 'types', command: ['tsc', '-p', '.'] },
]

type VitestResults = {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

function run([program, ...args]: Check['command']): boolean {
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error) console.error(error.message)
  return status === 0
}

/** A file that could not even be loaded has no failed test in it, but has failed. */
function countTests(isGreen: boolean): { readonly passed: number; readonly failed: number } {
  if (!existsSync(results)) return { passed: 0, failed: 1 }
  const { success, numPassedTests, numFailedTests, testResults } = JSON.parse(
    readFileSync(results, 'utf8'),
  ) as VitestResults
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((each) => each.status === 'failed'),
  )
  const failed = numFailedTests + broken.length
  return { passed: numPassedTests, failed: failed === 0 && !(success && isGreen) ? 1 : failed }
}

rmSync(results, { force: true })
const failedChecks = checks.filter(({ name, command }) => {
  console.log(`\n── ${name}`)
  const isGreen = run(command)
  console.log(isGreen ? `${name}: passed` : `${name}: FAILED`)
  return !isGreen
})
console.log('\n── tests')
const isGreen = run(['vitest', 'run', ...process.argv.slice(2)])
const { passed, failed } = countTests(isGreen)
// A failed check counts as one failure, so that the last line cannot look better than the exit code.
const failures = failed + failedChecks.length
console.log(`${passed} passed, ${failures} failed`)
process.exitCode = failures === 0 ? 0 : 1
