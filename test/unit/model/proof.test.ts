import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { withHeartbeat } from '../../../src/lib/model/proof.ts'

type Beating = Parameters<typeof withHeartbeat>[0]
const old: Beating = { lastProof: 0 }
const at = hours(1_000)
const beaten = (clock: Beating, ...beats: readonly number[]) =>
  beats.reduce((one, minute) => withHeartbeat(one, at + minutes(minute)), clock)

describe('a heartbeat', () => {
  test('alone proves nothing, and a run of twenty minutes does', () => {
    expect(beaten(old, 0)).toEqual({ lastProof: 0, beats: { from: at, to: at } })
    expect(beaten(old, 0, 15).lastProof).toBe(0)
    expect(beaten(old, 0, 15, 30).lastProof).toBe(at + minutes(30))
    expect(beaten(old, 0, 15, 30, 45).lastProof).toBe(at + minutes(45))
  })

  test('of another run does not make the first one longer', () => {
    expect(beaten(old, 0, 15, 60, 75).lastProof).toBe(0)
    expect(beaten(old, 0, 15, 60, 75, 80).lastProof).toBe(at + minutes(80))
  })

  test('that is older than what is known changes nothing', () => {
    const known = beaten(old, 0, 15, 30)
    expect(withHeartbeat(known, at + minutes(10))).toEqual(known)
    expect(withHeartbeat({}, at)).toEqual({ beats: { from: at, to: at } })
  })
})
