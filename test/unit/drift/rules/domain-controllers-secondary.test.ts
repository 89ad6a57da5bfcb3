import { describe, expect, test } from 'vitest'
import { domainControllersSecondary } from '../../../../src/lib/drift/rules/domain-controllers-secondary.ts'
import type { Vm } from '../../../../src/lib/model/azure.ts'
import { contextOf } from '../../../support/rule-context.ts'
import { controllersSeen, domainPlan, planWith } from '../../../support/side-traits.ts'

const check = (domainControllers: readonly Vm[] = controllersSeen) =>
  domainControllersSecondary.check(contextOf({ plan: domainPlan, estate: { domainControllers } }))
const change = (traits: Partial<Vm>) => controllersSeen.map((vm) => (vm.name === 'dc-w1' ? { ...vm, ...traits } : vm))

describe('domain-controllers-secondary', () => {
  test('is well with one that runs there', () => {
    expect(check()).toEqual({ findings: [], unchecked: [] })
  })

  test('finds that none is there, or that it is off', () => {
    expect(check(change({ location: 'uksouth' })).findings).toEqual([
      { subject: 'count', evidence: 'None of the domain controllers the plan names runs in ukwest.' },
    ])
    expect(check(change({ power: 'stopped' })).findings).toEqual([
      { subject: 'count', evidence: 'None of the domain controllers the plan names runs in ukwest (off: dc-w1).' },
    ])
  })

  test('could not check one that was not seen, is not known to run, or is old', () => {
    expect(check(controllersSeen.slice(0, 2))).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
    expect(check(change({ power: 'unknown' }))).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
    expect(domainControllersSecondary.check(contextOf()).unchecked).toHaveLength(1)
    const gaps = [{ what: 'domainControllers', reason: 'no answer' }]
    const old = domainControllersSecondary.check(
      contextOf({ plan: domainPlan, estate: { domainControllers: [], gaps } }),
    )
    expect([old.findings, old.unchecked[0]?.reason]).toEqual([[], 'domainControllers: no answer'])
  })

  test.each(['kind: entra', 'kind: entraDomainServices', 'kind: domain, secondary: elsewhere'])(
    'is not about %s',
    (identity) => {
      const plan = planWith({ top: `identity: { ${identity} }` })
      expect(domainControllersSecondary.appliesTo?.(contextOf({ plan }))).toBe(false)
    },
  )

  test('is about a plan that says nothing', () => {
    expect(domainControllersSecondary.appliesTo?.(contextOf())).toBe(true)
  })
})
