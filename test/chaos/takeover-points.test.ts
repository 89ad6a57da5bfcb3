/** A failover begins while a standby host is being woken, at whichever call. All points: `node sim/chaos/takeover-points-run.ts`. */
import { expect, it } from 'vitest'
import {
  callsOfWakeUp,
  calmTakeover,
  runTakeover,
  type Takeover,
  type TakeoverOptions,
} from '../../sim/chaos/takeover-points.ts'
import type { Strike } from '../../sim/virtual/life.ts'
import { blindToTheEpoch } from './blind-to-the-epoch.ts'

/** A prime, so that it falls out of step with what repeats. */
const stride = 97
const perTest = 240_000
/** What is planted shows at some calls only: close enough to meet one of them soon. */
const closeStride = 29

async function brokenIn(calls: readonly string[], calm: Takeover, strike?: Strike, options: TakeoverOptions = {}) {
  const broken: string[] = []
  let runs = 0
  for (let call = 7; call < calls.length; call += stride) {
    runs++
    const lines = await runTakeover({ call, ...(strike && { strike }) }, calm, options)
    broken.push(...lines.map((line) => `call ${call} ${calls[call]}: ${line}`))
  }
  return { broken, runs }
}

it.each([undefined, 'crashAfter', 'stall'] as const)(
  'ends as if the host had been asleep, wherever the failover takes the pair; the wake-up’s process meanwhile: %s',
  async (strike) => {
    const { broken, runs } = await brokenIn(await callsOfWakeUp(), await calmTakeover({}), strike)
    expect(broken).toEqual([])
    expect(runs).toBeGreaterThan(10)
  },
  perTest,
)

it(
  'ends with the host as it was found when that failover is aborted',
  async () => {
    const options = { isAborted: true }
    const { broken } = await brokenIn(await callsOfWakeUp(), await calmTakeover(options), undefined, options)
    expect(broken).toEqual([])
  },
  perTest,
)

it(
  'shows where a wake-up does not give way',
  async () => {
    const [calls, calm] = [await callsOfWakeUp(), await calmTakeover({})]
    let broken: readonly string[] = []
    for (let call = 7; call < calls.length && broken.length === 0; call += closeStride)
      broken = await runTakeover({ call }, calm, { plant: blindToTheEpoch('keepAlive') })
    expect(broken).not.toEqual([])
  },
  perTest,
)
