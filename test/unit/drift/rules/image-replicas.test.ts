import { describe, expect, test } from 'vitest'
import { imageReplicas } from '../../../../src/lib/drift/rules/image-replicas.ts'
import type { ImageVersion } from '../../../../src/lib/model/estate.ts'
import type { DrPlan } from '../../../../src/lib/plan/schema.ts'
import { hostOf, planOf, subscription, withSide } from '../../../support/plans.ts'
import { imagedSeen, imageOf, replicaOf, versionId, well } from '../../../support/pool-drift.ts'
import { contextOf, withGap } from '../../../support/rule-context.ts'
import { planWith } from '../../../support/side-traits.ts'

/** So many hosts on the side that stands by: machines of four of them are enough to tell the image. */
const hosts = (count: number) => {
  const more = Array.from({ length: count - 4 }, (_, i) => hostOf('hp-w', 'rg-w', `more-${i}`))
  return withSide(imagedSeen, 'secondary', { sessionHosts: [...(imagedSeen.secondary.sessionHosts ?? []), ...more] })
}
const counts = (uksouth: number, ukwest: number, traits: Partial<ImageVersion> = {}) =>
  imageOf({ ...traits, replicas: [replicaOf('uksouth', { count: uksouth }), replicaOf('ukwest', { count: ukwest })] })
const check = (count: number, images: readonly ImageVersion[], plan: DrPlan = planOf()) =>
  imageReplicas.check(contextOf({ seen: hosts(count), estate: { images }, plan }))

const template = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Resources/templateSpecs/host/versions/1`

describe('image-replicas', () => {
  test('is well with one replica for fifty hosts, in each region', () => {
    expect(check(50, [counts(1, 1)])).toEqual(well)
    expect(check(51, [counts(2, 2)])).toEqual(well)
  })

  test('finds each region with too few, as advice where nothing is made by the app', () => {
    expect(check(51, [counts(2, 1)]).findings).toEqual([
      { subject: 'win11/ukwest', severity: 'advice', evidence: 'win11 1.0.3 has 1 in ukwest: 2 for 51 hosts at once.' },
    ])
  })

  test('warns where the plan lets the app make hosts anew', () => {
    const plan = planWith({ pooled: `keepAlive: { repair: replace, template: ${template} }` })
    expect(check(51, [counts(1, 2)], plan).findings).toMatchObject([{ subject: 'win11/uksouth', severity: 'warning' }])
  })

  test('asks for no more than a batch of the plan', () => {
    expect(check(300, [counts(2, 2)])).toEqual(well)
    const wide = planWith({ top: 'limits: { batchSize: 200 }' })
    expect(check(300, [counts(2, 4)], wide).findings.map(({ evidence }) => evidence)).toEqual([
      'win11 1.0.3 has 2 in uksouth: 4 for 200 hosts at once.',
    ])
  })

  test('adds no replicas of two galleries: a machine is made of one', () => {
    const images = [counts(1, 1), counts(1, 1, { id: versionId('gal_w', '1.0.3') })]
    expect(check(51, images).findings).toHaveLength(2)
  })

  test('leaves regions without any to image-in-both-regions', () => {
    expect(check(51, [imageOf({ replicas: [replicaOf('uksouth', { count: 2 })] })])).toEqual(well)
  })

  test('asks nothing of a version that was deleted, and could not check behind a gap', () => {
    expect(check(51, [])).toEqual(well)
    const seen = withGap(hosts(51), 'secondary', 'sessionHosts', 'asLastSeen')
    expect(imageReplicas.check(contextOf({ seen, estate: { images: [counts(1, 1)] } }))).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'secondary: sessionHosts: the region does not answer' }],
    })
  })
})
