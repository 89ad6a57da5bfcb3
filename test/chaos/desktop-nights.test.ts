/** The whole life of replicated desktops on bad nights. */
import { expect, it } from 'vitest'
import { runDesktopNight } from '../../sim/chaos/desktops/night.ts'
import { neverStruckLate } from '../../sim/chaos/desktops/struck.ts'
import { base } from '../../sim/chaos/troubles.ts'
import { perNight } from './support.ts'

const [from, to] = [6001, 6003]

it(
  `leaves every desktop whole on one side, equipped and followed up, whoever moves it (seeds ${from} to ${to})`,
  async () => {
    const broken: string[] = []
    const sum: Record<string, number> = {}
    for (let seed = from; seed <= to; seed++) {
      const night = await runDesktopNight({ seed, trouble: base })
      broken.push(...night.broken.map((line) => `seed ${seed}: ${line}`))
      for (const [name, count] of Object.entries(night.injected)) sum[name] = (sum[name] ?? 0) + count
    }
    expect(broken).toEqual([])
    // Rarer calls are for longer runs: `node sim/chaos/desktops/run.ts`.
    const often = ['extension put', 'rule associated', 'extensions read', 'resource graph']
    expect(neverStruckLate(sum).filter((name) => often.includes(name))).toEqual([])
  },
  (to - from + 1) * perNight,
)
