import { describe, expect, it } from 'vitest'
import { newTask } from '../../../src/lib/machine/task-state.ts'
import type { TaskRecord } from '../../../src/lib/ports/operations.ts'
import { away, concluded, done, home, started } from '../../support/concluded.ts'
import { begunAt } from '../../support/engine-world.ts'
import { stage } from '../../support/operation-machine.ts'

describe('hosts that may carry our exclusion tag', () => {
  const tagged = { undo: [{ step: 'includeInScaling', side: 'secondary' }] } as const
  const task = (stage: TaskRecord['stage'], key: string, state: TaskRecord['state']) => ({ stage, key, state })
  const unproven = { passedOver: ['includeInScaling'] } as const
  const stages = [...away.stages, stage('handBack', 5), stage('standDown', 5)]
  const ends = (of: 'handBack' | 'standDown') => [
    task(of, 'avd-1', done('succeeded')),
    task(of, 'avd-2', done('succeeded', unproven)),
    task(of, 'avd-3', done('failed')),
    task(of, 'avd-4', done('aborted')),
    task(of, 'avd-5', { ...newTask(begunAt) }),
  ]

  it('are after a failover those it tagged and those of before, unless the tag is surely off', async () => {
    const { pair } = await concluded({
      spec: { ...away, stages },
      tasks: [
        ...ends('handBack'),
        ...['avd-1', 'avd-2', 'avd-3', 'avd-4', 'avd-5'].map((key) => task('secure', key, done('succeeded', tagged))),
        task('capacity', 'avd-6', done('succeeded', { undo: [started, ...tagged.undo] })),
        task('capacity', 'avd-7', done('succeeded')),
        task('capacity', 'avd-8', done('succeeded', { undo: [{ step: 'drainHost', side: 'secondary' }] })),
      ],
      pair: { taggedHosts: ['avd-1', 'avd-9'] },
    })
    expect(pair.startedHosts).toEqual(['avd-6'])
    expect([...(pair.taggedHosts ?? [])].sort()).toEqual(['avd-2', 'avd-3', 'avd-4', 'avd-5', 'avd-9'])
  })

  it('are after a failback those it could not surely put to rest, and none of before', async () => {
    const { pair } = await concluded({
      spec: { ...home, stages },
      tasks: [...ends('standDown'), task('capacity', 'avd-8', done('succeeded', tagged))],
      pair: { activeSide: 'secondary', taggedHosts: ['avd-9'] },
    })
    expect([...(pair.taggedHosts ?? [])].sort()).toEqual(['avd-2', 'avd-3', 'avd-4', 'avd-5'])
  })
})
