/** Our own storage is away for everybody, at the worst of moments: nothing is lost, and work goes on when it is back (R15). */
import { describe, expect, it } from 'vitest'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { type Away, expectHealed, ledgerHas, openAway, start, until } from './away-scene.ts'

const lengths = [1, 10, 60]
const pairs = ['pooled-uk', 'personal-uk'] as const
const everywhere = pairs.flatMap((pair) => lengths.map((length) => [pair, length] as const))

/** The calls of a start to storage, by their place: each is the first one that does not get through. */
const callsOfStart = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

describe('storage goes away between the rows of a start', () => {
  it.each(pairs)('and the same request finishes it: %s', async (pairId) => {
    const struck = new Set<string>()
    for (const call of callsOfStart) {
      let calls = 0
      const away = await openAway({
        strikeAt:
          ({ begin }) =>
          (name) => {
            if (calls++ === call) {
              struck.add(name)
              begin(minutes(1))
            }
            return undefined
          },
      })
      const id = await start(away, pairId)
      if (away.outages.length > 0) await expectHealed(away, id, 'succeeded')
      else away.story.stop()
    }
    expect([...struck]).toEqual(expect.arrayContaining(['active.transact', 'operation-ticks.send']))
  })

  it.each(everywhere)('%s, for %i min, once the operation is on record', async (pairId, length) => {
    const away = await openAway({
      strikeAt:
        ({ begin }) =>
        (name) => {
          if (name === 'active.transact') begin(minutes(length))
          return undefined
        },
    })
    await expectHealed(away, await start(away, pairId), 'succeeded')
  })
})

/** All revokes accepted and no grant yet; for desktops: the first failover accepted. */
const atTheBarrier = (away: Away, pairId: string): boolean =>
  pairId === 'pooled-uk'
    ? ledgerHas(away, 'revoked', 3) && !ledgerHas(away, 'granted')
    : ledgerHas(away, 'failoverAccepted')

describe('storage goes away when people have lost the one place and not got the other', () => {
  it.each(everywhere)('%s, for %i min', async (pairId, length) => {
    const away = await openAway()
    const id = await away.operator.begin({ pairId })
    expect(await until(away, () => atTheBarrier(away, pairId))).toBe(true)
    away.begin(minutes(length))
    await expectHealed(away, id, 'succeeded')
  })
})

describe('storage goes away while an aborted operation is being taken back', () => {
  it.each(everywhere)('%s, for %i min', async (pairId, length) => {
    const away = await openAway()
    const id = await away.operator.begin({ pairId })
    const isAbortable = () =>
      ledgerHas(away, 'revoked', 3) || (pairId === 'personal-uk' && ledgerHas(away, 'drainSet', 2))
    expect(await until(away, isAbortable)).toBe(true)
    await away.operator.control(id, { kind: 'abort' })
    const compensations = away.story.region.sim.ledger.events().length
    await until(away, () =>
      away.story.region.sim.ledger
        .events()
        .slice(compensations)
        .some(({ kind }) => /drainSet|granted/.test(kind)),
    )
    await away.operator.pass(seconds(2))
    away.begin(minutes(length))
    await expectHealed(away, id, 'aborted')
  })
})
