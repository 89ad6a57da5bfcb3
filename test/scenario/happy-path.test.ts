import { describe, expect, it } from 'vitest'
import { transcript } from '../support/transcript.ts'
import { expectGolden } from './support/golden.ts'
import { openScene, personalOnly, pooledOnly, runThrough } from './support/scene.ts'

const told = {
  'pooled-uk': ['secure pooled-uk', 'capacity avdp-ukw-0001', 'leave avdp-uks-0001', 'verify pooled-uk'],
  'personal-uk': ['secure personal-uk', 'desktops avdd-uks-0001', 'desktops avdd-uks-0002'],
} as const
const fleets = { 'pooled-uk': pooledOnly, 'personal-uk': personalOnly } as const

async function play(pairId: 'pooled-uk' | 'personal-uk') {
  const scene = await openScene({ fleet: fleets[pairId] })
  const id = await runThrough(scene, { pairId })
  const text = await transcript(scene.story, scene.operator, id, { tasks: told[pairId] })
  scene.story.stop()
  return { ...scene, id, text }
}

describe('an undisturbed failover', () => {
  it.each(['pooled-uk', 'personal-uk'] as const)(
    'of %s reads as it always does, and keeps every promise',
    async (pairId) => {
      const first = await play(pairId)
      expect(first.operator.verdict().violations).toEqual([])
      expect((await first.operator.report(first.id)).outcome).toBe('succeeded')
      expect(first.story.failures).toEqual([])
      await expectGolden(`happy-${pairId}`, first.text)
      const second = await play(pairId)
      expect(second.text).toBe(first.text)
      expect(second.picture()).toEqual(first.picture())
    },
  )
})
