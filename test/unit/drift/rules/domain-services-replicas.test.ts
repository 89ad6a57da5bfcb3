import { describe, expect, test } from 'vitest'
import { domainServicesReplicas } from '../../../../src/lib/drift/rules/domain-services-replicas.ts'
import type { DomainService } from '../../../../src/lib/model/estate.ts'
import { contextOf } from '../../../support/rule-context.ts'
import { planWith } from '../../../support/side-traits.ts'

const plan = planWith({ top: 'identity: { kind: entraDomainServices }' })
const serviceIn = (...replicaRegions: readonly string[]): DomainService => ({
  id: '/ds/contoso',
  name: 'aadds.contoso.com',
  replicaRegions,
})
const check = (...domainServices: readonly DomainService[]) =>
  domainServicesReplicas.check(contextOf({ plan, estate: { domainServices } }))

describe('domain-services-replicas', () => {
  test('is well with replica sets in both regions, however they are written', () => {
    expect(check(serviceIn('UK South', 'ukwest'))).toEqual({ findings: [], unchecked: [] })
    expect(check(serviceIn('uksouth', 'UK West'), serviceIn('westeurope'))).toEqual({ findings: [], unchecked: [] })
  })

  test('finds a managed domain without one in the secondary region', () => {
    expect(check(serviceIn('uksouth', 'westeurope')).findings).toEqual([
      {
        subject: 'aadds.contoso.com',
        evidence: 'aadds.contoso.com has replica sets in uksouth, westeurope, and none in ukwest.',
      },
    ])
  })

  test('could not check where none of the primary region was seen, or the list is old', () => {
    expect(check(serviceIn('westeurope'))).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
    const gaps = [{ what: 'domainServices', reason: 'no answer' }]
    const estate = { domainServices: [serviceIn('uksouth')], gaps }
    expect(domainServicesReplicas.check(contextOf({ plan, estate }))).toMatchObject({
      findings: [],
      unchecked: [{ reason: 'domainServices: no answer' }],
    })
  })

  test.each(['identity: { kind: entra }', 'identity: { kind: domain }', ''])('is not about "%s"', (top) => {
    expect(domainServicesReplicas.appliesTo?.(contextOf({ plan: planWith({ top }) }))).toBe(false)
  })
})
