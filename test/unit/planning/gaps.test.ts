import { describe, expect, it } from 'vitest'
import type { PairSeen } from '../../../src/lib/model/inventory.ts'
import {
  movedSeen,
  personalSeen,
  pooledSeen,
  previewOf,
  type Story,
  withoutPart,
  withSide,
} from '../../support/plans.ts'

const places = ['refusals', 'findings', 'warnings'] as const
/** Where a gap is told, with the primary up and with the primary down. */
const toldIn = (story: Story) =>
  [false, true].map((primaryIsDown) => {
    const preview = previewOf({ ...story, request: { acceptOut: 'all', ...story.request, primaryIsDown } })
    return places.filter((place) => preview[place].some(({ code }) => code === 'inventoryGap')).join()
  })
const saidOf = (seen: PairSeen) =>
  previewOf({ seen }).refusals.flatMap(({ code, message }) => (code === 'inventoryGap' ? [message] : []))

describe('a gap in what was seen of a personal pair', () => {
  it.each([
    ['primary', 'applicationGroups', ['warnings', 'warnings']],
    ['secondary', 'applicationGroups', ['warnings', 'warnings']],
    ['primary', 'sessionHosts', ['refusals', 'findings']],
    ['secondary', 'sessionHosts', ['warnings', 'warnings']],
    ['primary', 'vms', ['refusals', 'findings']],
    ['secondary', 'vms', ['warnings', 'warnings']],
    ['secondary', 'quotas', ['warnings', 'warnings']],
  ] as const)('at %s: %s weighs as much as it matters', (side, part, expected) => {
    expect(toldIn({ pair: 'personal', seen: withoutPart(personalSeen, side, part) })).toEqual(expected)
  })

  it('is unsafe where the one pool could be read from neither side', () => {
    const seen = withoutPart(withoutPart(personalSeen, 'primary', 'sessionHosts'), 'secondary', 'sessionHosts')
    expect(toldIn({ pair: 'personal', seen })).toEqual(['refusals', 'refusals'])
  })

  it.each([
    ['primary', 'applicationGroups', ['warnings', 'warnings']],
    ['primary', 'vms', ['refusals', 'findings']],
    ['secondary', 'vms', ['warnings', 'warnings']],
  ] as const)('at %s: %s weighs no more where a value seen before stands beside it', (side, part, expected) => {
    const seen = withSide(personalSeen, side, { gaps: [{ what: part, reason: 'no answer' }] })
    expect(toldIn({ pair: 'personal', seen })).toEqual(expected)
  })
})

describe('a gap in what was seen of a pooled pair', () => {
  it.each([
    ['sessionHosts', 'refusals'],
    ['vms', 'warnings'],
  ] as const)('at the side that failback leaves: %s is in the %s', (part, expected) => {
    const story: Story = {
      seen: withoutPart(movedSeen, 'secondary', part),
      request: { kind: 'failback' },
      pairState: { activeSide: 'secondary' },
    }
    expect(toldIn(story)[0]).toBe(expected)
  })

  it('is none where it concerns a part that pooled pairs do not need', () => {
    expect(toldIn({ seen: { ...pooledSeen, gaps: [{ what: 'replicatedItems', reason: 'no answer' }] } })).toEqual([
      '',
      '',
    ])
  })

  it('is told with its reasons, each once and in order', () => {
    const gaps = [
      { what: 'vms', reason: 'throttled' },
      { what: 'sessionHosts', reason: 'forbidden' },
      { what: 'quotas', reason: 'throttled' },
    ]
    const [message, ...more] = saidOf(withSide(pooledSeen, 'primary', { gaps }))
    expect(message).toMatch(/^Could not be read.* \(forbidden; throttled\)$/)
    expect(more).toEqual([])
  })

  it('is told as not read where nobody noted why', () => {
    const { vms: _, ...primary } = pooledSeen.primary
    expect(saidOf({ ...pooledSeen, primary })).toEqual([expect.stringMatching(/^Could not be read.* \(not read\)$/)])
    const { rolesThatUseApplications: __, ...seen } = pooledSeen
    expect(saidOf(seen)).toEqual([expect.stringMatching(/^Could not be read, .* \(not read\)$/)])
  })

  it('warns in words', () => {
    const { warnings } = previewOf({ seen: withoutPart(pooledSeen, 'secondary', 'quotas') })
    expect(warnings).toMatchObject([{ message: 'Could not be read (no answer)' }])
  })
})
