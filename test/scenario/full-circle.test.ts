import { describe, expect, it } from 'vitest'
import { guestOf } from '../../sim/estate/guest.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours } from '../../src/lib/core/time.ts'
import type { OperationKind } from '../../src/lib/machine/spec.ts'
import { transcript } from '../support/transcript.ts'
import { expectGolden } from './support/golden.ts'
import { eventsOf, openScene, personalOnly, runThrough, type Scene } from './support/scene.ts'

const desktops = 30
/** Real milliseconds: some 20 s of a core, on a busy machine. */
const patience = 240_000
/** Site Recovery takes hours to bring a machine's changes back; here two to four. */
const dayOfWork = hours(12)

type Way = Extract<OperationKind, 'failover' | 'failback' | 'reprotect'>
const circle: readonly Way[] = ['failover', 'reprotect', 'failback', 'reprotect']

async function go(scene: Scene, kind: Way): Promise<string> {
  await scene.operator.collect()
  const id = await runThrough(scene, { pairId: 'personal-uk', kind }, dayOfWork)
  expect((await scene.operator.operation(id)).state, kind).toMatchObject({ outcome: 'succeeded' })
  await scene.operator.collect()
  return id
}

describe('the whole life of replicated desktops', () => {
  it(
    'goes there and back twice, and nobody has lost a desktop, an extension or the protection',
    async () => {
      const scene = await openScene({
        fleet: { ...personalOnly, personalVms: desktops, extensions: 'four' },
      })
      const carriedBefore = carried(scene)
      const ids: string[] = []
      for (const kind of [...circle, ...circle]) ids.push(await go(scene, kind))
      scene.story.stop()
      expect(scene.picture()).toEqual(scene.before)
      expect(carried(scene)).toEqual(carriedBefore)
      expect(scene.operator.verdict().violations).toEqual([])
      for (const kind of ['failoverAccepted', 'commitAccepted', 'reprotectAccepted'] as const)
        expect(eventsOf(scene, kind), kind).toHaveLength(4 * desktops)
      const texts = []
      for (const [i, id] of ids.slice(0, circle.length).entries()) {
        const stage = circle[i] === 'reprotect' ? 'protect' : 'desktops'
        texts.push(await transcript(scene.story, scene.operator, id, { tasks: [`${stage} avdd-uks-0001`] }))
      }
      await expectGolden('full-circle', texts.join('\n'))
    },
    patience,
  )
})

/** What a person would want back on every machine: not what was only there to build it. */
const carried = ({ sim, ids }: Scene): readonly string[] =>
  ids.personal.vms
    .flatMap((id) => {
      const vm = sim.estate.vms.get(idKey(id))
      return vm ? guestOf(sim, vm).extensions.now() : []
    })
    .filter(({ type }) => !['JsonADDomainExtension', 'DSC'].includes(type))
    .map(({ name, state }) => `${name} ${state}`)
    .sort()
