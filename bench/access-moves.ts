import { type BucketSize, documented } from '../src/lib/azure/budget-row.ts'
import { type Bench, type Entry, informed, judged } from './entry.ts'
import { type Moves, movesByLoop, movesByProduct } from './moves-story.ts'

/** 2,000 moves: 20 application groups on each side, 100 groups that use all of them. */
const shape = { seed: 1, applicationGroups: 20, groups: 100 }

export const accessMoves: Bench = {
  name: 'access-moves',
  about: `100 groups that use 20 application groups, moved to the other side: 2,000 revokes, then 2,000 grants; virtual time, no faults.
The limit is what half of Resource Manager's buckets permits, computed from the documented figures alone: half a bucket at once, then
half its refill, (2,000 − 100) ÷ 5 s for the deletes and as much again for the grants, as no grant may go before every revoke is
proven. *whole*: from the opening of *revoke* to the last accepted grant; between the two lie the proof of the last revoke (the
simulated listings lag up to 30 s) and the old hosts' drain. *revoking*, *granting*: from the opening of the stage to its last accepted
request. Propagation of role assignments is no part of it. *loop*: the same 4,000 requests one after the other by somebody else with a
whole bucket of his own, waiting as Azure asks; it looks at nothing, proves nothing, and is as fast as its answers come (40–400 ms). What
limits the product is the refill, ten a second for everybody, of which it takes five.`,
  async run() {
    const product = await movesByProduct(shape)
    const loop = await movesByLoop(shape)
    return [...entriesOf('product', product, 1.2), ...entriesOf('loop', loop)]
  },
}

function entriesOf(who: string, { moves, ...lengths }: Moves, bar?: number): readonly Entry[] {
  const revoking = permitted(documented.deletes, moves)
  const granting = permitted(documented.writes, moves)
  const line = (what: string, length: number, limit: number) => {
    const name = `access-moves, ${who}: ${what} ÷ permitted, s`
    return bar === undefined ? informed(name, length / 1_000, limit) : judged(name, length / 1_000, limit, bar)
  }
  const throttled = `access-moves, ${who}: 429s`
  return [
    line('whole', lengths.whole, revoking + granting),
    informed(`access-moves, ${who}: revoking ÷ permitted, s`, lengths.revoking / 1_000, revoking),
    informed(`access-moves, ${who}: granting ÷ permitted, s`, lengths.granting / 1_000, granting),
    informed(`access-moves, ${who}: reads ÷ moves`, lengths.reads, moves),
    bar === undefined ? informed(throttled, lengths.throttled, 0) : judged(throttled, lengths.throttled, 0),
  ]
}

/** Seconds. */
const permitted = ({ size, perSecond }: BucketSize, count: number): number => (count - size / 2) / (perSecond / 2)
