import { describe, expect, it } from 'vitest'
import {
  groupIdOf,
  movedSeen,
  planOf,
  planText,
  pooledSeen,
  previewOf,
  type Story,
  subscription,
} from '../../support/plans.ts'

const specOf = (story: Story) => previewOf(story).spec

describe('the spec', () => {
  it('is about the pair, and names it where a stage is about the pair as a whole', () => {
    const spec = specOf({})
    expect(spec).toMatchObject({ v: 1, pairId: 'pooled', strategy: 'pooledStandby', planName: 'small' })
    expect(spec?.stages.find(({ name }) => name === 'verify')?.tasks).toEqual([{ kind: 'pair', key: 'pooled' }])
  })

  it('names the vault of a pair that has one, and none for others', () => {
    expect(specOf({ pair: 'personal' })?.vaultId).toBe(
      `/subscriptions/${subscription}/resourceGroups/rg-v/providers/Microsoft.RecoveryServices/vaults/vault`,
    )
    expect(Object.keys(specOf({}) ?? {})).not.toContain('vaultId')
  })

  it('names the application groups whose access moves, in the order of their ids', () => {
    const lines = ['dag', 'rag'].map((name) => `      - { primary: ${name}-s, secondary: ${name}-w }\n`)
    const turned = planOf(planText.replace(lines.join(''), lines.toReversed().join('')))
    expect(specOf({ plan: turned, seen: pooledSeen })?.applicationGroups).toEqual({
      primary: ['dag-s', 'rag-s'].map(groupIdOf),
      secondary: ['dag-w', 'rag-w'].map(groupIdOf),
    })
    expect(specOf({ pair: 'personal' })?.applicationGroups).toEqual({ primary: [], secondary: [] })
  })

  it('switches on again in the same order, whatever order it was switched off in', () => {
    const restored = (primary: readonly ('enableScalingPlan' | 'enableStartOnConnect')[]) =>
      specOf({
        seen: movedSeen,
        request: { kind: 'failback' },
        pairState: { activeSide: 'secondary', restore: { primary, secondary: [] } },
      })
        ?.stages.find(({ name }) => name === 'settle')
        ?.steps.map(({ step }) => step)
    const both = ['enableScalingPlan', 'enableStartOnConnect'] as const
    expect([restored(both), restored(both.toReversed()), restored([both[0], ...both])]).toEqual([both, both, both])
  })
})
