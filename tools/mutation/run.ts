/**
 * `npm run mutation -- [--only machine|planning|runbooks|execution] [--files task,step]`: tests of the tests.
 * Plants small faults in a copy of the product and says which ones no test notices.
 */
import { globSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { equivalents } from './equivalent.ts'
import { type Folder, folders } from './folders.ts'
import { judge, type Mutant, type Mutants, type Tests } from './mutants.ts'
import { leastScore, ratioOf, saveResults, total } from './results.ts'
import { isSame, isSurvivor, type Survivor, scoresOf, survivorsOf } from './score.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

const root = join(import.meta.dirname, '..', '..')
const { only, files } = parseArgs({
  options: { only: { type: 'string', multiple: true }, files: { type: 'string' } },
}).values

const workshop = openWorkshop()
try {
  const chosen = folders.filter(({ name }) => only?.includes(name) ?? true)
  const ratios = chosen.map((folder) => runFolder(workshop, folder))
  process.exitCode = chosen.length > 0 && ratios.every((ratio) => ratio >= leastScore) ? 0 : 1
} finally {
  rmSync(workshop.copy, { recursive: true, force: true })
}

function runFolder(at: Workshop, folder: Folder): number {
  const wanted = files?.split(',')
  const paths = globSync(`src/lib/${folder.name}/*.ts`, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => wanted?.includes(basename(path, '.ts')) ?? true)
  const [unit, thorough] = [false, true].map((isThorough) => ({ include: folder.tests, isThorough })) as [Tests, Tests]
  const judged = again(at, judge(at, paths, unit), thorough)
  const mutants = folder.stories ? again(at, judged, { include: folder.stories, isThorough: false }) : judged
  const survivors = survivorsOf(mutants)
  for (const survivor of survivors) console.log(said(survivor))
  const stale = equivalents.filter((one) => mutants[one.path] && !survivors.some((found) => isSame(one, found)))
  for (const { path, line, to } of stale)
    console.log(`No longer a survivor, take it off the list: ${path}: ${line} → ${to}`)
  const scores = saveResults(folder.name, scoresOf(mutants))
  const ratio = ratioOf(total(scores))
  console.log(`${folder.name}: ${(ratio * 100).toFixed(1)} % ${JSON.stringify(total(scores))}`)
  return ratio
}

function said({ path, place, line, from, to, reason }: Survivor): string {
  return [`${path}:${place}${reason ? ` (equivalent: ${reason})` : ''}`, `  ${line}`, `- ${from}`, `+ ${to}`, ''].join(
    '\n',
  )
}

/** What survived is put before other judges, or the same ones with more time. */
function again(at: Workshop, judged: Mutants, tests: Tests): Mutants {
  const places = Object.entries(judged).flatMap(([path, { mutants }]) =>
    mutants.filter(isSurvivor).map(({ location: { start, end } }) => {
      // Stryker's ranges count columns from 0.
      return `${path}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`
    }),
  )
  if (places.length === 0) return judged
  const told = judge(at, [...new Set(places)], tests)
  const key = ({ location, replacement }: Mutant) => JSON.stringify([location, replacement])
  return Object.fromEntries(
    Object.entries(judged).map(([path, { source, mutants }]) => {
      const noticed = new Map(told[path]?.mutants.map((mutant) => [key(mutant), mutant.status]))
      const status = (mutant: Mutant) => (isSurvivor(mutant) ? noticed.get(key(mutant)) : undefined) ?? mutant.status
      return [path, { source, mutants: mutants.map((mutant) => ({ ...mutant, status: status(mutant) })) }]
    }),
  )
}
