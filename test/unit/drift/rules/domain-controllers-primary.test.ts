import { describe, expect, test } from 'vitest'
import { domainControllersPrimary } from '../../../../src/lib/drift/rules/domain-controllers-primary.ts'
import type { Vm } from '../../../../src/lib/model/azure.ts'
import { pooledSeen, withSide } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { controllersSeen, domainPlan, planWith } from '../../../support/side-traits.ts'

const check = (domainControllers: readonly Vm[] = controllersSeen, seen = pooledSeen) =>
  domainControllersPrimary.check(contextOf({ seen, plan: domainPlan, estate: { domainControllers } }))
const change = (name: string, traits: Partial<Vm>) =>
  controllersSeen.map((vm) => (vm.name === name ? { ...vm, ...traits } : vm))
const withoutZones = withSide(pooledSeen, 'primary', {
  sizes: [{ size: 'Standard_D4s_v5', isRestricted: false, zones: [] }],
})

describe('domain-controllers-primary', () => {
  test('is well with two that run in two zones', () => {
    expect(check()).toEqual({ findings: [], unchecked: [] })
  })

  test('finds that one alone runs there, and names those that are off', () => {
    const outcome = check(change('dc-s2', { power: 'deallocated' }))
    expect(outcome.findings).toEqual([
      { subject: 'count', evidence: '1 of the domain controllers the plan names run in uksouth (off: dc-s2).' },
    ])
    expect(outcome.unchecked).toEqual([{ subject: 'zones', reason: 'too few run to tell' }])
    const moved = check(change('dc-s2', { location: 'ukwest' }))
    expect(moved.findings[0]?.evidence).toBe('1 of the domain controllers the plan names run in uksouth.')
  })

  test.each([{ zone: '1' }, { zone: undefined }])('finds two that are not in two zones: %j', ({ zone }) => {
    const { zone: _, ...bare } = controllersSeen[1] as Vm
    const moved: Vm = { ...bare, ...(zone !== undefined && { zone }) }
    const outcome = check([controllersSeen[0] as Vm, moved])
    expect(subjectsOf(outcome)).toEqual(['zones'])
    expect(outcome.findings[0]?.evidence).toContain(zone ? 'dc-s2 (zone 1)' : 'dc-s2 (no zone)')
  })

  test('does not ask for zones where the region has none', () => {
    expect(check(change('dc-s2', { zone: '1' }), withoutZones)).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check machines that were not seen or not known to run, zones, and a plan that says nothing', () => {
    expect(check(controllersSeen.slice(1))).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
    expect(check(change('dc-s1', { power: 'unknown' }))).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
    const zones = check(change('dc-s2', { zone: '1' }), withGap(pooledSeen, 'primary', 'sizes'))
    expect(zones).toMatchObject({ findings: [], unchecked: [{ subject: 'zones' }] })
    const estate = { domainControllers: [] }
    expect(domainControllersPrimary.check(contextOf({ estate })).unchecked).toHaveLength(1)
    const none = planWith({ top: 'identity: { kind: domain }' })
    expect(domainControllersPrimary.check(contextOf({ estate, plan: none })).unchecked).toEqual([
      { subject: '', reason: 'the plan names no domain controllers' },
    ])
    const gaps = [{ what: 'domainControllers', reason: 'no answer' }]
    const old = domainControllersPrimary.check(contextOf({ plan: domainPlan, estate: { domainControllers: [], gaps } }))
    expect([old.findings, old.unchecked[0]?.reason]).toEqual([[], 'domainControllers: no answer'])
  })

  test.each(['entra', 'entraDomainServices'])('is not about %s', (kind) => {
    const plan = planWith({ top: `identity: { kind: ${kind} }` })
    expect(domainControllersPrimary.appliesTo?.(contextOf({ plan }))).toBe(false)
  })
})
