// Says which mutants the compiler would not let through: nobody can commit them, so no test has to kill them.
// Runs where TypeScript 6 is installed, whose language service reads one changed file at a time; version 7 has none yet.
// Only the changed file is checked, not who imports it: a few more mutants count than could be committed, never fewer.
// Usage: node compiles.mjs <root of the copy> <mutants.json>; prints the ids as a JSON array.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const [root, mutantsPath] = process.argv.slice(2)
const files = JSON.parse(readFileSync(mutantsPath, 'utf8'))
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  root,
)
// A mutant that leaves a variable unused behaves differently; the linter's opinion of it is none of ours.
const judged = { ...options, noUnusedLocals: false, noUnusedParameters: false }
const paths = Object.keys(files).map((path) => join(root, path))
const changed = new Map()

const service = ts.createLanguageService({
  getCompilationSettings: () => judged,
  getScriptFileNames: () => paths,
  getScriptVersion: (path) => String(changed.get(path)?.version ?? 0),
  getScriptSnapshot: (path) => {
    const text = changed.get(path)?.text ?? ts.sys.readFile(path)
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
  },
  getCurrentDirectory: () => root,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
})

function write(path, text) {
  changed.set(path, { text, version: (changed.get(path)?.version ?? 0) + 1 })
}

function isBroken(path) {
  return service.getSyntacticDiagnostics(path).length > 0 || service.getSemanticDiagnostics(path).length > 0
}

function offset(starts, { line, column }) {
  return starts[line - 1] + column - 1
}

const rejected = Object.entries(files).flatMap(([name, { source, mutants }]) => {
  const path = join(root, name)
  write(path, source)
  if (isBroken(path)) throw new Error(`${name} does not compile without a mutant`)
  const starts = ts.computeLineStarts(source)
  const broken = mutants.filter(({ location, replacement }) => {
    write(
      path,
      source.slice(0, offset(starts, location.start)) + replacement + source.slice(offset(starts, location.end)),
    )
    return isBroken(path)
  })
  write(path, source)
  return broken.map(({ id }) => id)
})
console.log(JSON.stringify(rejected))
