import { describe, expect, it } from 'vitest'
import { startVm } from '../../sim/estate/vm-power.ts'
import type { Story } from '../../sim/virtual/story.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { control } from '../../src/lib/execution/control.ts'
import { transcript } from '../support/transcript.ts'
import { openAct } from './support/acts.ts'
import { expectGolden } from './support/golden.ts'
import { watching } from './support/moments.ts'
import { eventsOf, runThrough, type Scene, toTheEnd } from './support/scene.ts'

/** What a person does in the portal: nobody's pace, nobody's operation. */
function startInPortal({ sim, ids }: Scene, index: number): void {
  const vm = sim.estate.vms.get(idKey(ids.pooled.secondary.vms[index] ?? ''))
  if (vm) startVm(sim, vm, undefined, 'startOnConnect')
}

const startsOf = (scene: Scene, host: string) => eventsOf(scene, 'startAccepted').filter(({ vm }) => vm.endsWith(host))

describe('a host that a person started in the portal', () => {
  it('is taken as it is and started by nobody else', async () => {
    const act = await openAct('pooledStandby', 'failover')
    startInPortal(act, 1)
    const id = await runThrough(act, act.request)
    act.story.stop()
    const tasks = ['capacity avdp-ukw-0002']
    await expectGolden('started-in-portal', await transcript(act.story, act.operator, id, { tasks }))
    expect(startsOf(act, 'avdp-ukw-0002').map(({ by }) => by)).toEqual(['startOnConnect'])
    expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'succeeded' })
    expect(act.operator.verdict().violations).toEqual([])
  })

  it('stays on when the operation is aborted: it is not ours to switch off', async () => {
    const stage: { story?: Story } = {}
    const act = await openAct('pooledStandby', 'failover', {
      plant: watching({
        async begun(place, { operationId, subject }) {
          if (place !== 'undrainHost@secondary' || !stage.story || !subject.key.endsWith('0002')) return
          await control(stage.story.desk, operationId, { kind: 'abort' }, 'operator')
        },
      }),
    })
    stage.story = act.story
    startInPortal(act, 1)
    const id = await act.operator.begin(act.request)
    await toTheEnd(act, id)
    act.story.stop()
    expect((await act.operator.operation(id)).state).toMatchObject({ outcome: 'aborted' })
    const asThePersonLeftIt = act.before.map((line) =>
      line.startsWith('vm ') && line.includes('avdp-ukw-0002') ? line.replace('deallocated', 'running') : line,
    )
    expect(act.picture()).toEqual(asThePersonLeftIt)
    expect(act.operator.verdict().violations).toEqual([])
  })
})
