import { describe, expect, test } from 'vitest'
import { sameImage } from '../../../../src/lib/drift/rules/same-image.ts'
import type { PairSeen } from '../../../../src/lib/model/inventory.ts'
import { pooledSeen, subscription, withSide } from '../../../support/plans.ts'
import { imagedSeen, madeOf, versionId, well } from '../../../support/pool-drift.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { mapVms } from '../../../support/side-traits.ts'

const check = (seen: PairSeen) => sameImage.check(contextOf({ seen }))
const both = (primary: string, secondary: string) =>
  madeOf(madeOf(pooledSeen, 'primary', primary), 'secondary', secondary)

describe('same-image', () => {
  test('is well when both sides are made of the same version, also from two galleries', () => {
    expect(check(imagedSeen)).toEqual(well)
    expect(check(both(versionId('gal_s', '1.0.3'), versionId('gal_w', '1.0.3', 'WIN11')))).toEqual(well)
  })

  test('is well when one side named the version and the other the image, which came to that version', () => {
    const image = versionId('gal', 'x').replace('/versions/x', '')
    expect(check(madeOf(imagedSeen, 'secondary', image, { imageVersion: '1.0.3' }))).toEqual(well)
  })

  test('finds another version, and on how many machines', () => {
    expect(check(both(versionId('gal', '1.0.3'), versionId('gal', '1.0.2'))).findings).toEqual([
      {
        subject: 'win11',
        evidence: 'win11: 1.0.3 (4 machines) on the primary side, 1.0.2 (4 machines) on the secondary side.',
      },
    ])
  })

  test('finds both of two different images', () => {
    const outcome = check(both(versionId('gal', '1.0.3'), versionId('gal', '1.0.3', 'win10')))
    expect(subjectsOf(outcome)).toEqual(['win11', 'win10'])
    expect(outcome.findings[0]?.evidence).toContain('none on the secondary side')
  })

  test('only advises while a rollout is under way', () => {
    const seen = mapVms(imagedSeen, 'primary', (vm) =>
      vm.name === 'vm-s1' ? { ...vm, image: versionId('gal', '1.0.4') } : vm,
    )
    expect(check(seen).findings).toEqual([
      {
        subject: 'win11',
        severity: 'advice',
        evidence:
          'win11: 1.0.4 (1 machines) and 1.0.3 (3 machines) on the primary side, 1.0.3 (4 machines) on the secondary side.',
      },
    ])
  })

  test('compares images of the marketplace by the version they came to', () => {
    const latest = 'microsoftwindowsdesktop/office-365/win11-23h2-avd-m365/latest'
    const seen = (primary: string, secondary: string) =>
      madeOf(madeOf(pooledSeen, 'primary', latest, { imageVersion: primary }), 'secondary', latest, {
        imageVersion: secondary,
      })
    expect(check(seen('2', '2'))).toEqual(well)
    expect(subjectsOf(check(seen('3', '2')))).toEqual(['microsoftwindowsdesktop/office-365/win11-23h2-avd-m365'])
    expect(check(both(latest, latest)).unchecked).toHaveLength(2)
  })

  test('compares managed images by name: they have no version, and each region has its own', () => {
    const managed = (group: string, name: string) =>
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/images/${name}`
    expect(check(both(managed('rg-s', 'gold-7'), managed('rg-w', 'gold-7')))).toEqual(well)
    expect(subjectsOf(check(both(managed('rg-s', 'gold-7'), managed('rg-w', 'gold-6'))))).toEqual(['gold-7', 'gold-6'])
  })

  test('does not look at machines that are no session hosts of the pair', () => {
    const extra = { ...(imagedSeen.secondary.vms?.[0] ?? { id: '' }), id: '/other', name: 'jump', image: 'a/b/c/d' }
    const vms = [...(imagedSeen.secondary.vms ?? []), extra as NonNullable<PairSeen['secondary']['vms']>[number]]
    expect(check(withSide(imagedSeen, 'secondary', { vms }))).toEqual(well)
  })

  test('could not check machines that do not say what they were made of, nor behind a gap', () => {
    expect(check(madeOf(pooledSeen, 'primary', versionId('gal', '1.0.3')))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: '4 of 4 machines of the secondary side do not say what they were made of' }],
    })
    const differing = both(versionId('gal', '1.0.3'), versionId('gal', '1.0.2'))
    expect(check(withGap(differing, 'primary', 'vms', 'asLastSeen'))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'primary: vms: the region does not answer' }],
    })
  })
})
