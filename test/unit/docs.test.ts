import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { steps } from '../../src/lib/steps/index.ts'
import { driftRulePages } from '../../tools/drift-rules.ts'
import { permissionsText } from '../../tools/permissions.ts'
import { runbooksText } from '../../tools/runbook-reference.ts'
import { stepsText } from '../../tools/step-reference.ts'
import { anchorsOf, brokenLinks, codesOf, commandsOf, packagesMissing, uncoded } from '../support/docs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).map((path) => path.replaceAll('\\', '/'))
const manifest = JSON.parse(read('package.json')) as Record<
  'scripts' | 'dependencies' | 'devDependencies',
  Readonly<Record<string, string>>
>
const reference = ['docs/glossary.md', ...pages.filter((page) => page.startsWith('docs/reference/'))]
  .map(read)
  .join('\n')

describe('links', () => {
  const target = (page: string, path: string) => {
    const file = relative(root, join(root, dirname(page), path))
    if (!existsSync(join(root, file))) return undefined
    return file.endsWith('.md') ? anchorsOf(read(file)) : new Set<string>()
  }

  test.each(pages)('of %s lead somewhere', (page) => {
    const own = (path: string) => (path === '' ? anchorsOf(read(page)) : target(page, path))
    expect(brokenLinks(read(page), own)).toEqual([])
  })

  test('that lead nowhere are found, pages and headings alike', () => {
    const text = '[a](gone.md) [b](there.md#gone) [c](there.md#a-heading) [d](https://learn.microsoft.com) [e](#gone)'
    const found = brokenLinks(text, (path) =>
      path === 'gone.md' ? undefined : anchorsOf(path === '' ? '' : '## A `heading`'),
    )
    expect(found).toEqual(['gone.md', 'there.md#gone', '#gone'])
  })
})

describe('codes', () => {
  const unions = [
    ['src/lib/core/fault.ts', 'FaultCode'],
    ['src/lib/machine/operation-state.ts', 'QuestionCode'],
    ['src/lib/machine/operation-state.ts', 'Reply'],
    ['src/lib/machine/operation-state.ts', 'OperationOutcome'],
    ['src/lib/machine/operation-state.ts', 'Intent'],
    ['src/lib/machine/task-state.ts', 'Outcome'],
    ['src/lib/machine/spec.ts', 'StageName'],
    ['src/lib/planning/preview.ts', 'NoticeCode'],
    ['src/lib/planning/preview.ts', 'HostCode'],
    ['src/lib/planning/preview.ts', 'MilestoneName'],
    ['src/lib/plan/plan-warnings.ts', 'PlanWarningCode'],
    ['src/lib/inbound/problem.ts', 'ProblemCode'],
    ['src/lib/keepalive/wake-reasons.ts', 'WakeCode'],
    ['src/lib/keepalive/put-back.ts', 'PutBackCode'],
    ['src/lib/keepalive/repairs.ts', 'RepairCode'],
    ['src/lib/keepalive/plan-repairs.ts', 'RepairNext'],
    ['src/lib/model/host-clock.ts', 'RepairOutcome'],
    ['src/lib/keepalive/alarms.ts', 'AlarmCode'],
    ['src/lib/status/protection-view.ts', 'ProtectionState'],
    ['src/lib/drift/rule.ts', 'Severity'],
    ['src/lib/drift/fold-findings.ts', 'ChangeKind'],
    ['src/lib/ports/findings.ts', 'FindingStatus'],
    ['src/lib/status/findings-view.ts', 'WaiverState'],
  ] as const

  test.each(unions)('of %s, %s, are all in the reference', (path, name) => {
    const codes = codesOf(read(path), name)
    expect(codes.length).toBeGreaterThan(1)
    expect(uncoded(codes, reference)).toEqual([])
  })

  test('of steps are all in the reference', () => {
    expect(uncoded(Object.keys(steps), reference)).toEqual([])
  })

  test('of questions are each explained by a heading of their own', () => {
    const anchors = anchorsOf(read('docs/operating/questions-an-operation-asks.md'))
    const questions = codesOf(read('src/lib/machine/operation-state.ts'), 'QuestionCode')
    expect(questions.filter((code) => !anchors.has(code.toLowerCase()))).toEqual([])
  })

  test('are read from a union on one line or on many, and one that nobody explains is found', () => {
    expect(codesOf("export type A = 'x' | 'y'\nexport type B = 'z'\n", 'A')).toEqual(['x', 'y'])
    expect(codesOf("export type A =\n  // said 'aloud'\n  | 'x'\n  | 'y'\n\nconst z = 'z'\n", 'A')).toEqual(['x', 'y'])
    expect(uncoded(['told', 'hidden'], 'hidden and `told`')).toEqual(['hidden'])
  })
})

describe('what programs wrote', () => {
  test.each([
    ['docs/reference/permissions.md', permissionsText],
    ['docs/reference/steps.md', stepsText],
    ['docs/reference/runbooks.md', runbooksText],
  ] as const)('%s is up to date', (path, write) => {
    expect(read(path)).toBe(write())
  })

  test.each([...driftRulePages()])('%s is up to date', (path, text) => {
    expect(existsSync(join(root, path)) && read(path)).toBe(text)
  })

  test('no drift rule that is gone has a page', () => {
    const there = pages.filter((page) => page.startsWith('docs/reference/drift-rules/'))
    expect(there.filter((page) => !driftRulePages().has(page))).toEqual([])
  })
})

describe('what docs name', () => {
  test.each(pages)('in %s, npm scripts exist', (page) => {
    expect(commandsOf(read(page)).filter((script) => !(script in manifest.scripts))).toEqual([])
  })

  test('scripts are read from npm test, npm start and npm run', () => {
    expect(commandsOf('`npm test`, `npm start`, `npm run demo -- --fleet small`, npm ci, `npm run gone`')).toEqual([
      'test',
      'start',
      'demo',
      'gone',
    ])
  })

  test('every package has a line in the decision on dependencies', () => {
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(packagesMissing(names, read('docs/decisions/0007-dependencies.md'))).toEqual([])
    expect(packagesMissing(['zod', 'left-pad'], '`zod`')).toEqual(['left-pad'])
  })

  test('every app setting is in the guide to installing', () => {
    const names = [...read('src/settings.ts').matchAll(/^ {2}([A-Z]\w+|Storage\w*): /gm)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(10)
    expect(uncoded(names, read('docs/operating/install.md'))).toEqual([])
  })

  test('every HTTP route is in the reference', () => {
    const routes = globSync('src/functions/*.ts', { cwd: root }).flatMap((path) =>
      [...read(path).matchAll(/methods: \['(\w+)'\],\s*route: '([^']+)'/g)].map(
        ([, method, route]) => `${method} ${route}`,
      ),
    )
    expect(routes.length).toBeGreaterThan(5)
    expect(uncoded(routes, read('docs/reference/http.md'))).toEqual([])
  })
})
