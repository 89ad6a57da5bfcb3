import { describe, expect, it } from 'vitest'
import { operationRequestSchema } from '../../../src/lib/plan/request.ts'

const least = { pairId: 'pooled-uk', kind: 'failover' }

describe('a request', () => {
  it('needs only a pair and a kind', () => {
    expect(operationRequestSchema.parse(least)).toEqual({
      ...least,
      primaryIsDown: false,
      acceptOut: [],
      grantWithoutSignOutProof: false,
    })
  })

  it('has its grace in milliseconds', () => {
    expect(operationRequestSchema.parse({ ...least, grace: '1 min' }).grace).toBe(60_000)
  })

  it.each<[string, object]>([
    ['another kind', { kind: 'drill' }],
    ['an option nobody knows', { force: true }],
    ['a pair id that is a path', { pairId: '../x' }],
    ['a truth that is a word', { primaryIsDown: 'yes' }],
    ['everything accepted by another word', { acceptOut: 'ALL' }],
    ['a host name that is a path', { hosts: ['../x'] }],
    ['no host at all', { hosts: [] }],
    ['no application group at all', { applicationGroups: [] }],
    ['a grace too long', { grace: '5 h' }],
    ['more hosts than a pool can have', { hosts: Array(10_001).fill('a') }],
  ])('is refused with %s', (_, traits) => {
    expect(operationRequestSchema.safeParse({ ...least, ...traits }).success).toBe(false)
  })
})
