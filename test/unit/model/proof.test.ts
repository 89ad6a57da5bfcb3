import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { withHeartbeat } from '../../../src/lib/model/proof.ts'

type Beating = Parameters<typeof withHeartbeat>[0]
const old: Beating = { lastProof: 0 }
const at = hours(1_000)
/** Seen alive at these minutes, one after the other. */
const beaten = (clock: Beating, ...beats: readonly number[]) =>
  beats.reduce((one, minute) => withHeartbeat(one, at + minutes(minute), true), clock)
/** Seen silent, with this as its last heartbeat. */
const silent = (clock: Beating, minute: number) => withHeartbeat(clock, at + minutes(minute), false)

describe('a heartbeat', () => {
  test('alone proves nothing, and a run of twenty minutes does', () => {
    expect(beaten(old, 0)).toEqual({ lastProof: 0, beats: { from: at, to: at } })
    expect(beaten(old, 0, 15).lastProof).toBe(0)
    expect(beaten(old, 0, 15, 30).lastProof).toBe(at + minutes(30))
    expect(beaten(old, 0, 15, 30, 45).lastProof).toBe(at + minutes(45))
  })

  test('hours later is of the same run where nobody saw the host silent in between', () => {
    expect(beaten(old, 0, 300).lastProof).toBe(at + minutes(300))
    expect(beaten(old, 0, 400).lastProof).toBe(0)
    expect(beaten(silent(beaten(old, 0), 2), 300).lastProof).toBe(0)
    expect(beaten(silent(beaten(old, 0), 0), 300).lastProof).toBe(0)
  })

  test('that was the last of a run proves it when the run was long enough', () => {
    expect(silent(beaten(old, 0), 25)).toEqual({
      lastProof: at + minutes(25),
      beats: { from: at, to: at + minutes(25), isOver: true },
    })
    expect(silent(beaten(old, 0), 10).lastProof).toBe(0)
  })

  test('that is older than what is known changes nothing', () => {
    const known = beaten(old, 0, 15, 30)
    expect(withHeartbeat(known, at + minutes(10), true)).toEqual(known)
    expect(withHeartbeat({}, at, true)).toEqual({ beats: { from: at, to: at } })
  })
})
