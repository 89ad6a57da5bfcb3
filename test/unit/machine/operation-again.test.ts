/** When a stage was over counts from its last end: how long revoked access may still work is reckoned from it. */
import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { advance, over, specWith, stage, stateOf } from '../../support/operation-machine.ts'

const spec = specWith(stage('revoke', 2), stage('grant', 1, { after: [{ stage: 'revoke', when: 'succeeded' }] }))

describe('a stage whose tasks try again', () => {
  it('is over when they are, and not when they were the first time', () => {
    const first = stateOf(spec, { revoke: over({ succeeded: 1, failed: 1 }) }, { retries: 1 })
    const again = advance(spec, first, minutes(9), { revoke: { open: 1, succeeded: 1, toRetry: 1 } }).state
    expect(again.stages.revoke).toMatchObject({ status: 'open' })
    expect(again.stages.revoke).not.toHaveProperty('overAt')
    const ended = advance(spec, again, minutes(10), { revoke: { succeeded: 2 } }).state
    expect(ended.stages.revoke).toMatchObject({ status: 'over', overAt: minutes(10) })
  })

  it('keeps its moment as long as nothing of it moves', () => {
    const first = stateOf(spec, { revoke: over({ succeeded: 2 }) })
    const later = advance(spec, first, minutes(9), { revoke: { succeeded: 2 } }).state
    expect(later.stages.revoke?.overAt).toBe(0)
  })
})
