import { describe, expect, test } from 'vitest'
import { appOutsidePrimary as rule } from '../../../../src/lib/drift/rules/app-outside-primary.ts'
import { contextOf } from '../../../support/rule-context.ts'

describe('app-outside-primary', () => {
  test.each(['ukwest', 'northeurope'])('is well in %s', (region) => {
    expect(rule.check(contextOf({ app: { region } }))).toEqual({ findings: [], unchecked: [] })
  })

  test('finds the app in the primary region', () => {
    expect(rule.check(contextOf({ app: { region: 'uksouth' } })).findings).toEqual([
      { subject: 'app', evidence: 'This app runs in uksouth, the primary region.' },
    ])
  })

  test('is never in the way of an operation', () => {
    expect(rule.blocks).toBe('never')
  })

  test('could not check an app that is not in Azure', () => {
    expect(rule.check(contextOf({ app: {} }))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'Azure does not say where this app runs' }],
    })
  })
})
