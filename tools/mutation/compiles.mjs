// A checker for Stryker: a mutant the compiler refuses can never be committed, so no test has to notice it.
// Runs where TypeScript 6 is installed, whose language service reads one changed file at a time; version 7 has none yet.
// Only the changed file is checked, not who imports it: a few more mutants count than could be committed, never fewer.
import { join, relative } from 'node:path'
import { CheckStatus } from '@stryker-mutator/api/check'
import { commonTokens, declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import ts from 'typescript'

compiles.inject = [commonTokens.options]
export const strykerPlugins = [declareFactoryPlugin(PluginKind.Checker, 'compiles', compiles)]

/** Two are about variables a mutant leaves unused, which changes nothing about what it does. */
const laxness = { noUnusedLocals: false, noUnusedParameters: false, noEmit: true }

function compiles({ mutate }) {
  const root = process.cwd()
  const paths = [...new Set(mutate.map((pattern) => join(root, pattern.replace(/:\d+:\d+-\d+:\d+$/, ''))))]
  const texts = new Map()
  const versions = new Map()
  const service = serviceFor(root, paths, texts, versions)

  function write(path, text) {
    texts.set(path, text)
    versions.set(path, (versions.get(path) ?? 0) + 1)
  }

  function isBroken(path) {
    return service.getSyntacticDiagnostics(path).length > 0 || service.getSemanticDiagnostics(path).length > 0
  }

  function check({ fileName, location: { start, end }, replacement }) {
    const source = texts.get(fileName)
    const at = ({ line, column }) => ts.computeLineStarts(source)[line] + column
    write(fileName, source.slice(0, at(start)) + replacement + source.slice(at(end)))
    const result = isBroken(fileName)
      ? { status: CheckStatus.CompileError, reason: 'does not compile' }
      : { status: CheckStatus.Passed }
    write(fileName, source)
    return result
  }

  return {
    // Reads everything before the files are replaced by their instrumented selves.
    init: async () => {
      for (const path of paths) if (isBroken(path)) throw new Error(`${relative(root, path)} does not compile`)
    },
    check: async (mutants) => Object.fromEntries(mutants.map((mutant) => [mutant.id, check(mutant)])),
  }
}

function serviceFor(root, paths, texts, versions) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const read = (path) => {
    if (!texts.has(path)) texts.set(path, ts.sys.readFile(path))
    return texts.get(path)
  }
  return ts.createLanguageService({
    getCompilationSettings: () => ({ ...options, ...laxness }),
    getScriptFileNames: () => paths,
    getScriptVersion: (path) => String(versions.get(path) ?? 0),
    getScriptSnapshot: (path) => {
      const text = read(path)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: read,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  })
}
