import { describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { believed, type Known } from '../../../src/lib/inventory/believe.ts'

const refused: Answer<never> = { kind: 'refused', fault: { code: 'unavailable', message: 'no', retryable: true } }

/** What came of readings that find these letters, one after the other; a gap in the list is a reading that fails. */
async function come(readings: readonly (string | undefined)[], known: Partial<Known<string>> = { last: ['A', 'b'] }) {
  let count = 0
  const answer = await believed(
    async (): Promise<Answer<readonly string[]>> => {
      const letters = readings[count++]
      return letters === undefined ? refused : { kind: 'ok', value: [...letters] }
    },
    { keyOf: (entry) => entry, last: undefined, ...known },
  )
  return [answer.kind === 'ok' ? answer.value.join('') : answer.fault.code, count]
}

describe('a list of which something was seen last time', () => {
  test.each([
    ['with all of it is believed at once, whatever is new', ['cba'], 'cba', 1],
    ['that lacks something is read again, and whole then', ['b', 'ab'], 'ab', 2],
    ['that lacks the same again is believed: it is gone', ['b', 'B'], 'B', 2],
    ['has each entry once, as it came last', ['abAcB'], 'ABc', 1],
    ['that is empty twice is empty', ['', ''], '', 2],
    ['may lack on the second reading nothing the first one had', ['bc', 'ab', 'abc'], 'abc', 3],
    ['that changes between two readings is read a third time', ['abc'.slice(1), 'b', 'b'], 'b', 3],
    ['that is another one every time is a gap', ['bc', 'b', 'c'], 'unreadable', 3],
    ['is a gap when the second reading fails', ['b', undefined], 'unavailable', 2],
    ['is a gap when the first reading fails, and not asked for again', [undefined, 'ab'], 'unavailable', 1],
  ])('%s', async (_, readings, wanted, count) => {
    expect(await come(readings)).toEqual([wanted, count])
  })
})

describe('a list with nothing to compare with', () => {
  test.each([
    ['is read twice', ['ab', 'ab'], 'ab', 2],
    ['may gain something', ['a', 'ab'], 'ab', 2],
    ['is read again when it has lost something', ['ab', 'a', 'ab'], 'ab', 3],
  ])('%s', async (_, readings, wanted, count) => {
    expect(await come(readings, {})).toEqual([wanted, count])
  })

  test('nor is one that is doubted whatever it has', async () => {
    const known = { last: ['a'], isDoubted: true }
    expect(await come(['a', 'ab'], known)).toEqual(['ab', 2])
    expect(await come(['b', 'b'], known)).toEqual(['b', 2])
    expect(await come(['b', 'c', 'bc'], known)).toEqual(['unreadable', 3])
  })
})
