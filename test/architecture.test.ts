import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importTable, type SourceFile, untested, violationsIn } from './support/architecture.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const paths = globSync('{src,sim,test,tools,bench}/**/*.{ts,mjs,cjs}', { cwd: root }).map((path) =>
  path.replaceAll('\\', '/'),
)
const files: readonly SourceFile[] = paths.map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }))

describe('the house', () => {
  test('keeps to its plan', () => {
    expect(violationsIn(files)).toEqual([])
  })

  test('has a test of the same name for every step and every strategy', () => {
    expect(untested(paths)).toEqual([])
  })

  test('has no folder the table forgets, and no row without a folder', () => {
    const places = new Set(
      paths.filter((path) => path.startsWith('src/')).map((path) => path.replace(/^src\/(lib\/)?/, '').split('/')[0]),
    )
    expect(Object.keys(importTable).sort()).toEqual([...places].sort())
  })
})

describe('the checker', () => {
  const http = (methods: string, level: string, right: string) =>
    `functions.http('a', { methods: [${methods}], authLevel: '${level}', handler: edge({ right: '${right}' }) })`
  const lines = (count: number) => 'x\n'.repeat(count)

  test.each([
    ['src/lib/core/a.ts', "import { x } from '../model/b.ts'", 'imports ../model/b.ts'],
    ['src/lib/core/a.ts', "import { randomUUID } from 'node:crypto'", 'imports node:crypto'],
    ['src/lib/plan/a.ts', "export * from '../planning/b.ts'", 'imports ../planning/b.ts'],
    ['src/lib/planning/a.ts', "import type { X } from '../ports/b.ts'", 'imports ../ports/b.ts'],
    ['src/lib/steps/shared/a.ts', "import { x } from '../../azure/b.ts'", 'imports ../../azure/b.ts'],
    ['src/lib/execution/a.ts', "import { x } from '../storage/b.ts'", 'imports ../storage/b.ts'],
    ['src/lib/execution/a.ts', "const x = await import('../azure/b.ts')", 'imports ../azure/b.ts'],
    ['src/lib/status/a.ts', "import '@azure/data-tables'", 'imports @azure/data-tables'],
    ['src/lib/storage/a.ts', "const x = require('node:fs')", 'imports node:fs'],
    ['src/lib/azure/a.ts', "import { x } from '../../settings.ts'", 'imports ../../settings.ts'],
    ['src/functions/a.ts', "import { x } from '../settings.ts'", 'imports ../settings.ts'],
    ['src/functions/a.ts', "import { x } from '@azure/identity'", 'imports @azure/identity'],
    ['src/app.ts', "import { x } from '../sim/clock.ts'", 'imports ../sim/clock.ts'],
    ['src/lib/azure/a.ts', 'const x = process.env.X', 'reads the environment'],
    ['src/app.ts', "const { X } = process['env']", 'reads the environment'],
    ['src/lib/odd/a.ts', '', 'odd is not in the table'],
    ['sim/a.ts', lines(301), 'has 301 lines, 300 at most'],
    ['src/functions/a.ts', lines(26), 'has 26 lines, 25 at most'],
    ['src/functions/a.ts', http("'POST'", 'function', 'reading'), "['POST'] under function, reading"],
    ['src/functions/a.ts', http("'POST', 'GET'", 'function', 'changing'), "['POST', 'GET'] under function, changing"],
    ['src/functions/a.ts', http("'GET'", 'anonymous', 'reading'), "['GET'] under anonymous, reading"],
    ['src/functions/a.ts', "functions.http('a', {})", 'none under none, none'],
  ])('finds what is planted in %s (%#)', (path, text, found) => {
    expect(violationsIn([{ path, text }])).toEqual([`${path}: ${found}`])
  })

  test.each([
    ['src/lib/plan/a.ts', "import { z } from 'zod'"],
    ['src/lib/steps/shared/a.ts', "import { x } from '../start-vm.ts'"],
    ['src/lib/azure/a.ts', "import { x } from '@azure/arm-compute'"],
    ['src/app.ts', "import { x } from './lib/storage/b.ts'"],
    ['src/settings.ts', 'const x = process.env'],
    ['sim/a.ts', "import { x } from '../src/lib/storage/b.ts'; process.env.X"],
    ['src/functions/a.ts', lines(25)],
    ['src/functions/a.ts', http("'GET'", 'function', 'reading')],
  ])('lets pass what may stand in %s (%#)', (path, text) => {
    expect(violationsIn([{ path, text }])).toEqual([])
  })

  test('finds a step and a strategy without a test', () => {
    const all = [
      'src/lib/steps/leap.ts',
      'src/lib/steps/index.ts',
      'src/lib/runbooks/hope.ts',
      'test/unit/steps/jump.test.ts',
    ]
    expect(untested(all)).toEqual(['src/lib/steps/leap.ts', 'src/lib/runbooks/hope.ts'])
    expect(untested([...all, 'test/unit/steps/leap.test.ts', 'test/unit/runbooks/hope.test.ts'])).toEqual([])
  })
})
