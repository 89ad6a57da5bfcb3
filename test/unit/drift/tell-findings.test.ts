import { describe, expect, test } from 'vitest'
import type { ChangeKind, FindingChange } from '../../../src/lib/drift/fold-findings.ts'
import { messageOf } from '../../../src/lib/drift/tell-findings.ts'
import { encodeMessage } from '../../../src/lib/storage/message.ts'
import { recordOf } from '../../support/findings.ts'
import { now } from '../../support/plans.ts'

const changeOf = (kind: ChangeKind, subject: string, traits: Parameters<typeof recordOf>[1] = {}): FindingChange => ({
  kind,
  finding: recordOf(subject, traits),
})

describe('the message of an evaluation', () => {
  test('is none when nothing has changed', () => {
    expect(messageOf('pooled', now, [])).toBeUndefined()
  })

  test('tells each kind of change by itself, and how many there are', () => {
    const changes = [
      changeOf('opened', 'vm-1', { severity: 'advice' }),
      changeOf('opened', 'vm-2'),
      changeOf('resolved', 'vm-3'),
      changeOf('waiverEnded', 'vm-4'),
    ]
    expect(messageOf('pooled', now, changes)).toMatchObject({
      v: 1,
      event: 'findings',
      pairId: 'pooled',
      at: '2026-03-14T21:00:00Z',
      counts: { opened: 2, reopened: 0, worse: 0, waiverEnded: 1, resolved: 1 },
      opened: [
        { rule: 'same-image', subject: 'vm-2', severity: 'critical', evidence: 'vm-2 is not what it should be.' },
        { subject: 'vm-1', severity: 'advice' },
      ],
      waiverEnded: [{ subject: 'vm-4' }],
      resolved: [{ subject: 'vm-3' }],
      reopened: [],
      worse: [],
    })
  })

  test.each(['x', '\u0001', '\uFFFD', '😀'])(
    'fits into the queue, however long and odd the words (%j)',
    (character) => {
      const changes = Array.from({ length: 2_000 }, (_, n) =>
        changeOf(n % 2 === 0 ? 'resolved' : 'reopened', `${n}${character.repeat(900)}`, {
          evidence: character.repeat(2_000),
          severity: n === 1_999 ? 'critical' : 'warning',
        }),
      )
      const message = messageOf('pooled', now, changes) ?? {}
      expect(() => encodeMessage(message)).not.toThrow()
      const { reopened, resolved, left, counts } = message as unknown as {
        reopened: readonly { subject: string }[]
        resolved: readonly unknown[]
        left: number
        counts: Record<string, number>
      }
      expect(counts).toMatchObject({ reopened: 1_000, resolved: 1_000 })
      expect(reopened[0]?.subject).toMatch(/^1999/)
      expect(reopened.length).toBeGreaterThan(3)
      expect([resolved, reopened.length + left]).toEqual([[], 2_000])
    },
  )
})
