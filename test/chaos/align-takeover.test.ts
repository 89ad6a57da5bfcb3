/** A failover begins while a standby side is put right, at whichever call. */
import { expect, it } from 'vitest'
import { playAlign } from '../../sim/chaos/align-takeover.ts'
import { blindToTheEpoch } from './blind-to-the-epoch.ts'

/** A prime, so that it falls out of step with what repeats. */
const stride = 23
const perTest = 240_000

async function brokenIn(offset: number, strike?: 'crashAfter' | 'stall') {
  const { calls, outcome } = await playAlign()
  expect(outcome).toBe('succeeded')
  const broken: string[] = []
  const outcomes = new Set<string>()
  for (let call = offset; call < calls.length; call += stride) {
    const played = await playAlign({ call, ...(strike && { strike }) })
    outcomes.add(played.outcome)
    broken.push(...played.broken.map((line) => `call ${call} ${calls[call]}: ${line}`))
  }
  return { broken, outcomes }
}

it.each([
  [undefined, 3],
  ['crashAfter', 7],
  ['stall', 11],
] as const)(
  'has the pair at once, wherever it comes; the other process meanwhile: %s',
  async (strike, offset) => {
    const { broken, outcomes } = await brokenIn(offset, strike)
    expect(broken).toEqual([])
    expect(outcomes).toContain('takenOver')
  },
  perTest,
)

it(
  'shows where fixes do not give way',
  async () => {
    const { calls } = await playAlign()
    const [given, taken] = [[] as string[], [] as string[]]
    for (const share of [0.4, 0.55, 0.7]) {
      const point = { call: Math.floor(share * calls.length) }
      given.push((await playAlign(point)).outcome)
      taken.push((await playAlign(point, blindToTheEpoch('align'))).outcome)
    }
    expect(given).toEqual(['takenOver', 'takenOver', 'takenOver'])
    expect(taken).toContain('succeeded')
  },
  perTest,
)
