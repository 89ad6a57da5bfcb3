// A test runner for Stryker: loads the tests into this process and calls those that reach the mutant. Tests share a
// process and its modules, so they must not leave anything behind; the run without a mutant shows whether they do.
import { globSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core'
import { commonTokens, declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import { DryRunStatus, determineHitLimitReached, TestStatus, toMutantRunResult } from '@stryker-mutator/api/test-runner'
import { beginFile, tests } from './vitest-shim.mjs'

quick.inject = [commonTokens.options]
export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'quick', quick)]

const shim = new URL('./vitest-shim.mjs', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vitest' ? { url: shim, shortCircuit: true } : next(specifier, context),
})

function quick({ quick: { include, isThorough } }) {
  globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {}
  const state = globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE]

  async function load() {
    if (tests.length > 0) return
    for (const path of globSync(include, { cwd: process.cwd() }).sort()) {
      beginFile(path)
      await import(pathToFileURL(join(process.cwd(), path)).href)
    }
  }

  async function run(chosen, stopsAtFirst, patience) {
    const results = []
    for (const one of chosen) {
      state.currentTestId = one.id
      const result = await resultOf(one, patience)
      results.push(result)
      if (stopsAtFirst && result.status === TestStatus.Failed) break
    }
    state.currentTestId = undefined
    return results
  }

  return {
    // A mutant in what runs while modules are loaded needs a process of its own.
    capabilities: () => ({ reloadEnvironment: false }),
    dryRun: async () => {
      await load()
      const results = await run(tests, false, longestOfAll)
      return {
        status: DryRunStatus.Complete,
        tests: results,
        mutantCoverage: isThorough ? state.mutantCoverage : withoutEarly(state.mutantCoverage),
      }
    },
    mutantRun: async ({ activeMutant, testFilter, hitLimit, mutantActivation }) => {
      if (mutantActivation === 'static') state.activeMutant = activeMutant.id
      try {
        await load()
      } catch (error) {
        const failed = [
          { id: 'load', name: 'load', timeSpentMs: 0, status: TestStatus.Failed, failureMessage: `${error}` },
        ]
        return toMutantRunResult({ status: DryRunStatus.Complete, tests: failed })
      }
      state.activeMutant = activeMutant.id
      state.hitCount = 0
      state.hitLimit = hitLimit
      const wanted = testFilter && new Set(testFilter)
      const results = await run(wanted ? tests.filter(({ id }) => wanted.has(id)) : tests, true, longestTest)
      state.activeMutant = undefined
      return toMutantRunResult(
        determineHitLimitReached(state.hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests: results },
      )
    },
  }
}

/**
 * A mutant that tests reach both while they are loaded and while they run is judged by their run alone, which spares it a
 * process of its own. What survives that is judged thoroughly in a second run.
 */
function withoutEarly({ static: early, perTest }) {
  const reached = new Set(Object.values(perTest).flatMap((counts) => Object.keys(counts)))
  return { static: Object.fromEntries(Object.entries(early).filter(([id]) => !reached.has(id))), perTest }
}

/**
 * A test takes milliseconds, a property up to a few seconds on a busy machine; one that waits this long waits for what a mutant
 * has taken away.
 */
const longestTest = 15_000
/** Without a mutant nothing is missing: only the machine may be slow. */
const longestOfAll = 60_000

async function inTime(work, patience) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${patience} ms`)), patience)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

async function resultOf({ id, name, run }, patience) {
  const startedAt = performance.now()
  const told = () => ({ id, name, timeSpentMs: performance.now() - startedAt })
  try {
    await inTime(run(), patience)
    return { ...told(), status: TestStatus.Success }
  } catch (error) {
    return { ...told(), status: TestStatus.Failed, failureMessage: `${error?.message ?? error}` }
  }
}
