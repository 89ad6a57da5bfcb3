/** Findings that are to be put right, asked for over the real functions: nothing of Azure answers here. */
import { describe, expect, test } from 'vitest'
import { keys, serveApp } from './served-app.ts'

const app = serveApp()
const findings = ['start-on-connect:hp-pooled-ukw']
const preview = (body: object) => app.ask('POST', '/api/previews', { body })

describe('POST /api/previews of an align', () => {
  test.each<[string, object]>([
    ['without findings', { pairId: 'pooled-uk', kind: 'align' }],
    ['with no finding', { pairId: 'pooled-uk', kind: 'align', findings: [] }],
    ['with what is no id', { pairId: 'pooled-uk', kind: 'align', findings: ['../pairs'] }],
    ['with hosts', { pairId: 'pooled-uk', kind: 'align', findings, hosts: ['vm-1'] }],
    ['with a dead primary', { pairId: 'pooled-uk', kind: 'align', findings, primaryIsDown: true }],
    ['of another kind', { pairId: 'pooled-uk', kind: 'failover', findings }],
  ])('is not understood %s', async (_, body) => {
    const { status, json } = await preview(body)
    expect([status, json.code]).toEqual([400, 'invalidRequest'])
  })

  test('needs the key for changing', async () => {
    const body = { pairId: 'pooled-uk', kind: 'align', findings }
    const asked = await app.ask('POST', '/api/previews', { body, key: keys.reading })
    expect(asked.status).toBe(401)
  })

  test.each([
    ['pooled-uk', { code: 'unknownFinding', subjects: findings }],
    ['personal-uk', { code: 'sharedPool', subjects: ['personal-uk'] }],
  ])('of %s refuses by name what it cannot do, and has no hash', async (pairId, refusal) => {
    const { status, json } = await preview({ pairId, kind: 'align', findings })
    expect(status).toBe(200)
    expect(json).toMatchObject({ refusals: [refusal] })
    expect(json).not.toHaveProperty('hash')
  })
})
