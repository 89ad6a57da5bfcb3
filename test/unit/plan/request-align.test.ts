import { describe, expect, it } from 'vitest'
import { operationRequestSchema } from '../../../src/lib/plan/request.ts'

const findings = ['pool-settings-equal:loadbalancertype']
const align = { pairId: 'pooled-uk', kind: 'align', findings }
const problemsOf = (request: object) =>
  operationRequestSchema.safeParse(request).error?.issues.map(({ path }) => path.join('.')) ?? []

describe('a request to put findings right', () => {
  it('needs findings, and nothing else', () => {
    expect(operationRequestSchema.parse(align)).toMatchObject(align)
    expect(problemsOf({ pairId: 'pooled-uk', kind: 'align' })).toEqual(['findings'])
  })

  it.each([
    ['side', 'secondary'],
    ['hosts', ['vm-1']],
    ['applicationGroups', ['dag']],
    ['groupsShareNobody', true],
    ['recoveryPoint', 'latest'],
    ['overrides', [{ finding: 'no-delete-locks', reason: 'tonight' }]],
    ['grace', '0 s'],
    ['primaryIsDown', true],
    ['grantWithoutSignOutProof', true],
  ])('is refused with %s', (name, value) => {
    expect(problemsOf({ ...align, [name]: value })).toEqual([name])
  })

  it.each([
    ['none', []],
    ['a text', 'pool-settings-equal:x'],
    ['one that is no id', ['../x']],
    ['more than a page shows', Array(501).fill(findings[0])],
  ])('is refused with findings that are %s', (_, some) => {
    expect(problemsOf({ ...align, findings: some }).length).toBeGreaterThan(0)
  })

  it.each(['failover', 'failback', 'reprotect', 'commit'])('is nothing for a %s', (kind) => {
    expect(problemsOf({ ...align, kind })).toEqual(['findings'])
  })
})
