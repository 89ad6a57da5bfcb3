import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { harmless, type ProcessesResult, runProcesses } from '../../sim/processes/run.ts'
import { scheduleOf } from '../../sim/processes/schedule.ts'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { buildApp } from '../../tools/build.ts'

const folder = mkdtempSync(join(tmpdir(), 'processes-test-'))
const bundleFile = join(folder, 'index.mjs')
const options = { processes: 2, fleet: 'tiny', speed: 30, bundle: pathToFileURL(bundleFile).href } as const

/** About half a minute on two cores of one's own; these machines are shared. */
const patience = 240_000

beforeAll(() => buildApp(bundleFile))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Leaves nothing running, however the run ends. */
async function run(wishes: Partial<Parameters<typeof runProcesses>[0]>): Promise<ProcessesResult> {
  const tasks: (() => Promise<void>)[] = []
  try {
    return await runProcesses(
      { ...options, seed: 1, troubledFor: minutes(5), ...wishes },
      { add: (t) => tasks.push(t) },
    )
  } finally {
    for (const task of tasks.reverse()) await task()
  }
}

describe('processes under fire', () => {
  it(
    'move every desktop once and leave nothing behind, although they are killed, stopped, cut off and told the wrong time',
    async () => {
      const { broken, story, counts, pids } = await run({ seed: 1 })
      expect(broken, story.join('\n')).toEqual([])
      expect(counts).toMatchObject({ failovers: 6, starts: 4 })
      expect(pids.filter(isThere)).toEqual([])
    },
    patience,
  )
})

describe('a run in which nothing struck', () => {
  const struck = { kill: 1, pause: 1, cut: 1, silence: 0 }
  const clocks = [[5], [-5, 2]]

  it('has shown something when everything struck', () => {
    expect(harmless(struck, clocks)).toEqual([])
  })

  it.each([
    ['nobody was killed', { ...struck, kill: 0 }, clocks],
    ['nobody was paused', { ...struck, pause: 0 }, clocks],
    ['storage was never away', { ...struck, cut: 0 }, clocks],
    ['clocks were only 1 min apart', struck, [[0], [0, 1]]],
    ['no clock jumped', struck, [[5], [-5]]],
  ])('fails: %s', (what, counts, offsets) => {
    expect(harmless(counts, offsets)).toContain(what)
  })
})

describe('the schedule of troubles', () => {
  const schedule = scheduleOf(7, 3, minutes(20))

  it('is the same for the same seed, and another one for another', () => {
    expect(scheduleOf(7, 3, minutes(20))).toEqual(schedule)
    expect(scheduleOf(8, 3, minutes(20))).not.toEqual(schedule)
  })

  it('stops processes for longer than fence, lease and settle, and cuts storage off for a minute', () => {
    const pauses = schedule.apps.flat().filter(({ kind }) => kind === 'pause')
    expect(pauses.length).toBeGreaterThan(3)
    expect(Math.min(...pauses.map(({ lasts }) => lasts))).toBeGreaterThanOrEqual(seconds(150))
    expect(new Set(schedule.storage.map(({ lasts }) => lasts))).toEqual(new Set([minutes(1)]))
  })
})

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
