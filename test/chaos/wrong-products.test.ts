/** The model is worth what it finds: products that do not do what they say, on calm nights, have to show. */
import { expect, it } from 'vitest'
import { runDesktopNight } from '../../sim/chaos/desktops/night.ts'
import * as wrongly from '../../sim/chaos/desktops/wrong-products.ts'
import type { ChaosOptions } from '../../sim/chaos/run.ts'
import { calm } from '../../sim/chaos/troubles.ts'
import * as wrong from '../../sim/chaos/wrong-products.ts'
import { hours } from '../../src/lib/core/time.ts'
import { findPlanted, perSeed } from './support.ts'

/** From the first night on in which it is known to show: what others change may move it a little. */
const seeds = Array.from({ length: 15 }, (_, i) => 5007 + i)
const nights: Omit<ChaosOptions, 'seed'> = { trouble: calm, acts: 3, orders: true }

it.each([
  ['keeps its tags on', wrong.keepsTags, /exclusion tag|tag on|handed back/],
  ['leaves machines on', wrong.leavesMachinesOn, /stayed on|still on/],
  ['forgets Start VM on Connect', wrong.forgetsStartOnConnect, /startOnConnect of/],
  ['forgets to let people in', wrong.forgetsToOpen, /lets (nobody|its user not) in|stayed drained/],
  ['never commits', wrong.neverCommits, /should have moved and is CommitPending/],
  ['gives access back as another assignment', wrong.restoresAnew, /another assignment/],
  ['drains hosts nobody asked for', wrong.overreaches, /although nobody asked for it/],
  ['goes on when everything is over', wrong.comesBack, /after everything was over|lets nobody in|stayed drained/],
  ['forgets where people are', wrong.forgetsWhere, /the product says primary/],
  ['hides its troubles', wrong.hidesTroubles, /names/],
  ['counts more than there is', wrong.countsTooMany, /the report counts/],
  ['shortens the gap', wrong.shortensTheGap, /tells a gap/],
  ['calls everything a success', wrong.callsItSuccess, /the report tells of/],
] as const)(
  'finds a product that %s',
  async (_what, plant, shows) => {
    const found = await findPlanted(seeds, { ...nights, plant }, shows)
    expect(found?.broken).toBeDefined()
  },
  seeds.length * perSeed,
)

it(
  'finds nothing in the real one on calm nights',
  async () => {
    expect(await findPlanted(seeds.slice(0, 4), nights, /./)).toBeUndefined()
  },
  4 * perSeed,
)

/** With the night from which on it is known to show. */
it.each([
  ['puts an extension twice', wrongly.putsTwice, 1, /extensionTwice/],
  ['protects a desktop again twice', wrongly.reprotectsTwice, 4, /reprotectedTwice/],
  ['takes what a new machine has for what it is to have', wrongly.believesTheNewMachine, 3, /has not back/],
  ['begins waiting work again and again', wrongly.beginsAgain, 1, /still open|was followed/],
  ['commits desktops that are dead', wrongly.commitsTheDead, 1, /without a sign of life/],
] as const)(
  'finds a product that %s',
  async (_what, plant, from, shows) => {
    const broken: string[] = []
    for (let seed = from; seed < from + 4 && broken.length === 0; seed++) {
      const isSpoilt = plant === wrongly.commitsTheDead
      const night = await runDesktopNight({ seed, trouble: calm, plant, isSpoilt, patience: hours(2) })
      broken.push(...night.broken.filter((line) => shows.test(line)))
    }
    expect(broken).not.toEqual([])
  },
  4 * perSeed,
)

it(
  'finds nothing in the real one when desktops go there and back',
  async () => {
    const { broken } = await runDesktopNight({ seed: 4, trouble: calm })
    expect(broken).toEqual([])
  },
  perSeed,
)
