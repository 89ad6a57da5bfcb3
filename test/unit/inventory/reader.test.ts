import { describe, expect, it } from 'vitest'
import type { Answer, FaultCode } from '../../../src/lib/core/fault.ts'
import { createReader } from '../../../src/lib/inventory/reader.ts'

const ok: Answer<number> = { kind: 'ok', value: 1 }
const fails = (code: FaultCode): Answer<number> => ({
  kind: 'unknown',
  fault: { code, message: code, retryable: true },
})

/** Reads `count` things of one place, of which the nth is answered by `answerOf(n)`; which of them were sent. */
async function sentOf(count: number, answerOf: (n: number) => Answer<number>) {
  const reader = createReader()
  const sent: number[] = []
  const answers = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      reader(
        `thing ${n}`,
        async () => {
          sent.push(n)
          await Promise.resolve()
          return answerOf(n)
        },
        'AVD in uksouth',
      ),
    ),
  )
  return { sent, answers }
}

describe('reading', () => {
  it('is done once for one name, whoever asks', async () => {
    const reader = createReader()
    let asked = 0
    const read = async () => {
      asked++
      return ok
    }
    expect(await Promise.all([reader('Pool', read), reader('pool', read), reader('other', read)])).toEqual([ok, ok, ok])
    expect(asked).toBe(2)
  })

  it('leaves a place alone that does not answer: what is under way ends, the rest is not sent', async () => {
    const { sent, answers } = await sentOf(100, () => fails('timedOut'))
    expect(sent.length).toBeLessThanOrEqual(5)
    expect(answers.every((answer) => answer.kind !== 'ok' && answer.fault.code === 'timedOut')).toBe(true)
    expect(answers.at(-1)).toMatchObject({ fault: { message: expect.stringContaining('avd in uksouth') } })
  })

  it.each(['unavailable', 'throttled', 'forbidden', 'unreadable'] as const)(
    'goes on where the answer is %s: that costs no time',
    async (code) => {
      expect((await sentOf(20, () => fails(code))).sent).toHaveLength(20)
    },
  )

  it('goes on where somebody answers in between', async () => {
    expect((await sentOf(20, (n) => (n % 5 === 0 ? fails('timedOut') : ok))).sent).toHaveLength(20)
  })

  it('does not blame one place for another, nor any for what has none', async () => {
    const reader = createReader()
    const silence = async () => fails('timedOut')
    for (const n of [1, 2, 3]) await reader(`a ${n}`, silence, 'Compute in uksouth')
    expect(await reader('b', async () => ok, 'Compute in ukwest')).toEqual(ok)
    expect(await reader('c', async () => ok, 'compute in UKSOUTH')).toMatchObject({ kind: 'refused' })
    let asked = 0
    for (const n of [1, 2, 3, 4])
      await reader(`d ${n}`, () => {
        asked++
        return silence()
      })
    expect(asked).toBe(4)
  })
})
