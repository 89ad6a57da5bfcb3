// A checker for Stryker: a mutant the compiler refuses can never be committed, so no test has to notice it.
// Every mutant becomes a file of its own beside the original, and all of them one program: types are worked out once.
// Who imports the changed file is not checked: a few more mutants count than could be committed, never fewer.
import { readFileSync } from 'node:fs'
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
  // Read before the files are replaced by their instrumented selves.
  const texts = new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]))

  async function check(mutants) {
    const planted = new Map(mutants.map((mutant) => [besidePath(mutant), withMutant(texts, mutant)]))
    const broken = brokenOf(root, texts, planted)
    const passed = { status: CheckStatus.Passed }
    const failed = { status: CheckStatus.CompileError, reason: 'does not compile' }
    return Object.fromEntries(mutants.map((one) => [one.id, broken.has(besidePath(one)) ? failed : passed]))
  }

  return {
    init: async () => {
      const broken = brokenOf(root, texts, texts)
      if (broken.size > 0) throw new Error(`does not compile: ${[...broken].map((path) => relative(root, path))}`)
    },
    group: async (mutants) => [mutants.map(({ id }) => id)],
    check,
  }
}

const besidePath = ({ fileName, id }) => fileName.replace(/\.ts$/, `.mutant-${id}.ts`)

function withMutant(texts, { fileName, location: { start, end }, replacement }) {
  const source = texts.get(fileName)
  const lines = ts.computeLineStarts(source)
  const at = ({ line, column }) => lines[line] + column
  return source.slice(0, at(start)) + replacement + source.slice(at(end))
}

/** Which of `judged` do not compile; `texts` stand in for what is on disk now. */
function brokenOf(root, texts, judged) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const host = ts.createCompilerHost({ ...options, ...laxness })
  const onDisk = host.getSourceFile
  host.getSourceFile = (path, languageVersion, ...rest) => {
    const text = judged.get(path) ?? texts.get(path)
    return text === undefined
      ? onDisk(path, languageVersion, ...rest)
      : ts.createSourceFile(path, text, languageVersion, true)
  }
  const isThere = host.fileExists
  host.fileExists = (path) => judged.has(path) || isThere(path)
  const program = ts.createProgram([...judged.keys()], { ...options, ...laxness }, host)
  const isBroken = (path) => {
    const file = program.getSourceFile(path)
    return program.getSyntacticDiagnostics(file).length > 0 || program.getSemanticDiagnostics(file).length > 0
  }
  return new Set([...judged.keys()].filter(isBroken))
}
