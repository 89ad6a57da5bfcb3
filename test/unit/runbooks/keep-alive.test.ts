import { describe, expect, test } from 'vitest'
import { keepAlive } from '../../../src/lib/runbooks/keep-alive.ts'
import { steps as knownSteps } from '../../../src/lib/steps/index.ts'

const [wake, putBack] = keepAlive('secondary', { patches: 'assess' })
const names = (stage: typeof wake) => (stage?.steps ?? []).map(({ step }) => step)
const undos = (stage: typeof wake) => (stage?.steps ?? []).flatMap(({ undo }) => undo ?? [])

describe('the runbook of a wake-up', () => {
  test('looks before it touches anything, and proves before it stays on', () => {
    expect(names(wake)).toEqual([
      'inspectHost',
      'excludeFromScaling',
      'drainHost',
      'startVm',
      'awaitHost',
      'awaitAgent',
      'patchVm',
      'stayOn',
    ])
  })

  test('takes back whatever it changes: off first, then let in again, then back to autoscale', () => {
    expect(wake?.putsBack).toBe(true)
    expect(undos(wake).toReversed()).toEqual(['deallocateVm', 'undrainHost', 'includeInScaling'])
    const changing = names(wake).filter((name) => knownSteps[name].begin !== undefined && name !== 'patchVm')
    expect(undos(wake)).toHaveLength(changing.length)
  })

  test('puts back in the same order what earlier ones have left', () => {
    expect(names(putBack)).toEqual(undos(wake).toReversed())
    expect(putBack?.putsBack).toBeUndefined()
  })

  test('does without patches where the plan wants none', () => {
    expect(names(keepAlive('secondary', { patches: 'none' })[0])).not.toContain('patchVm')
  })

  test('waits for nothing and nobody: no stage after another one, no question', () => {
    for (const { after, trouble } of [wake, putBack].flatMap((stage) => stage ?? []))
      expect([after, trouble]).toEqual([[], 'goOn'])
  })

  test.each(['primary', 'secondary'] as const)('works on the side it is given: %s', (side) => {
    const sides = keepAlive(side, { patches: 'install' }).flatMap(({ steps }) => steps.map((call) => call.side))
    expect(new Set(sides)).toEqual(new Set([side]))
  })

  test('fails for want of a heartbeat, not for want of patches', () => {
    const required = (wake?.steps ?? []).filter((call) => !call.required).map(({ step }) => step)
    expect(required).toEqual(['awaitAgent', 'patchVm'])
  })
})

describe('the runbook of a repair', () => {
  const [, , repair] = keepAlive('secondary', { patches: 'none', template: '/template' })

  test('removes, makes anew, proves, and ends with the host off', () => {
    expect(names(repair)).toEqual(['removeHost', 'redeployVm', 'awaitHost', 'drainHost'])
    expect(undos(repair)).toEqual(['deallocateVm'])
    expect(repair).toMatchObject({ name: 'repair', putsBack: true, after: [], trouble: 'goOn' })
  })

  test('is there only where the plan has a template', () => {
    expect(keepAlive('secondary', { patches: 'none' }).map(({ name }) => name)).toEqual(['wake', 'putBack'])
  })

  test('fails for want of a heartbeat, not for want of a drain', () => {
    expect((repair?.steps ?? []).filter((call) => !call.required).map(({ step }) => step)).toEqual(['drainHost'])
  })
})
