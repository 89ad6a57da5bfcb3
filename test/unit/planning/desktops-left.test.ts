import { expect, it } from 'vitest'
import { previewOf } from '../../support/plans.ts'

const moved = { activeSide: 'secondary' } as const

it('moves the desktops that are still at home, whoever has gone before them', () => {
  const { refusals, spec } = previewOf({ pair: 'personal', pairState: moved, request: { acceptOut: 'all' } })
  expect(refusals).toEqual([])
  expect(spec?.stages.find(({ name }) => name === 'desktops')?.tasks.length).toBeGreaterThan(0)
})

it('does not move a pooled pair whose users are there already', () => {
  const { refusals } = previewOf({ pair: 'pooled', pairState: moved })
  expect(refusals.map(({ code }) => code)).toContain('wrongDirection')
})
