import { describe, expect, test } from 'vitest'
import { imageInBothRegions } from '../../../../src/lib/drift/rules/image-in-both-regions.ts'
import type { ImageVersion } from '../../../../src/lib/model/estate.ts'
import { subscription } from '../../../support/plans.ts'
import { imagedSeen, imageOf, madeOf, replicaOf, versionId, well } from '../../../support/pool-drift.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'

const check = (images: readonly ImageVersion[], seen = imagedSeen) =>
  imageInBothRegions.check(contextOf({ seen, estate: { images } }))

describe('image-in-both-regions', () => {
  test('is well with complete replicas in both regions, however Azure writes them', () => {
    expect(check([imageOf()])).toEqual(well)
    expect(check([imageOf({ replicas: [replicaOf('UK South'), replicaOf('UK West')] })])).toEqual(well)
  })

  test('is well with two galleries, each for its own region', () => {
    const galleries = [
      imageOf({ id: versionId('gal_s', '1.0.3'), galleryLocation: 'uksouth', replicas: [replicaOf('uksouth')] }),
      imageOf({ id: versionId('gal_w', '1.0.3'), galleryLocation: 'ukwest', replicas: [replicaOf('ukwest')] }),
    ]
    const seen = madeOf(
      madeOf(imagedSeen, 'primary', versionId('gal_s', '1.0.3')),
      'secondary',
      versionId('gal_w', '1.0.3'),
    )
    expect(check(galleries, seen)).toEqual(well)
  })

  test('finds a region without a replica', () => {
    expect(check([imageOf({ replicas: [replicaOf('uksouth'), replicaOf('northeurope')] })]).findings).toEqual([
      { subject: 'win11/ukwest', evidence: 'win11 1.0.3 in ukwest: no replica.' },
    ])
  })

  test('takes no other version, nor another image, for the one hosts were made of', () => {
    const images = [
      imageOf({ replicas: [replicaOf('uksouth')] }),
      imageOf({ id: versionId('gal', '1.0.2') }),
      imageOf({ id: versionId('gal', '1.0.3', 'win10') }),
    ]
    expect(subjectsOf(check(images))).toEqual(['win11/ukwest'])
  })

  test('finds one that failed, and only advises of one that is being made', () => {
    const withState = (state: string) => [imageOf({ replicas: [replicaOf('uksouth'), replicaOf('ukwest', { state })] })]
    expect(check(withState('Failed')).findings).toEqual([
      { subject: 'win11/ukwest', evidence: 'win11 1.0.3 in ukwest: Failed.' },
    ])
    expect(check(withState('Replicating')).findings).toEqual([
      { subject: 'win11/ukwest', severity: 'advice', evidence: 'win11 1.0.3 in ukwest: Replicating.' },
    ])
  })

  test('tells of several versions that lack the same region in one finding', () => {
    const seen = madeOf(imagedSeen, 'secondary', versionId('gal', '1.0.2'))
    const replicas = [replicaOf('uksouth')]
    const outcome = check([imageOf({ replicas }), imageOf({ id: versionId('gal', '1.0.2'), replicas })], seen)
    expect(outcome.findings).toEqual([
      {
        subject: 'win11/ukwest',
        evidence: 'win11 1.0.3 in ukwest: no replica. win11 1.0.2 in ukwest: no replica.',
      },
    ])
  })

  test('advises of a gallery that would be lost with the primary', () => {
    expect(check([imageOf({ galleryLocation: 'uksouth' })]).findings).toEqual([
      {
        subject: 'win11/gallery',
        severity: 'advice',
        evidence: 'win11 is only in gal, in the primary region uksouth.',
      },
    ])
  })

  test('only advises of a version that was deleted', () => {
    expect(check([])).toEqual({
      findings: [{ subject: 'win11', severity: 'advice', evidence: 'win11 1.0.3 exists no more.' }],
      unchecked: [],
    })
  })

  test('does not flag images of the marketplace, which are everywhere', () => {
    const seen = ['primary', 'secondary'].reduce(
      (all, side) => madeOf(all, side as 'primary', 'publisher/offer/sku/1.2'),
      imagedSeen,
    )
    expect(check([], seen)).toEqual(well)
  })

  test('could not check what Azure does not say', () => {
    const { galleryLocation: _, ...homeless } = imageOf()
    const { state: __, ...silent } = replicaOf('ukwest')
    const image = versionId('gal', 'x').replace('/versions/x', '')
    expect(check([imageOf()], madeOf(imagedSeen, 'secondary', image)).unchecked).toEqual([
      { subject: 'win11', reason: 'which version it came to is not told' },
    ])
    expect(check([homeless]).unchecked).toEqual([
      { subject: 'win11/gallery', reason: 'where the gallery itself is was not read' },
    ])
    expect(check([imageOf({ replicas: [replicaOf('uksouth'), silent] })]).unchecked).toEqual([
      { subject: 'win11/ukwest', reason: 'Azure does not say whether 1.0.3 is complete: unknown' },
    ])
    const odd = [replicaOf('uksouth'), replicaOf('ukwest', { state: 'Seeding' })]
    expect(check([imageOf({ replicas: odd })])).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'win11/ukwest' }],
    })
  })

  test('could not check managed images, machines of no image, nor behind a gap', () => {
    const managed = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Compute/images/gold`
    expect(check([imageOf()], madeOf(imagedSeen, 'secondary', managed)).unchecked).toEqual([
      { subject: 'gold', reason: 'a managed image: its region is not read' },
    ])
    expect(check([imageOf()], madeOf(imagedSeen, 'secondary', '')).unchecked).toEqual([
      { subject: '', reason: '4 of 8 machines do not say what they were made of' },
    ])
    const images = [imageOf({ replicas: [] })]
    expect(
      imageInBothRegions.check(
        contextOf({ seen: imagedSeen, estate: { images, gaps: [{ what: 'images', reason: 'no answer' }] } }),
      ),
    ).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: 'images: no answer' }],
    })
    expect(subjectsOf(check(images, withGap(imagedSeen, 'primary', 'vms', 'asLastSeen')))).toEqual([])
  })
})
