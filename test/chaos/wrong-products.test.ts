/** The model is worth what it finds: products that do not do what they say, on calm nights, have to show. */
import { expect, it } from 'vitest'
import type { ChaosOptions } from '../../sim/chaos/run.ts'
import { calm } from '../../sim/chaos/troubles.ts'
import * as wrong from '../../sim/chaos/wrong-products.ts'
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
