import { expect, test } from 'vitest'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { seconds } from '../../../src/lib/core/time.ts'
import { advance, refused } from '../../../src/lib/machine/task.ts'
import { type AdvanceInput, newTask, type OpenTask, type TaskState } from '../../../src/lib/machine/task-state.ts'
import type { VmExtension } from '../../../src/lib/model/azure.ts'
import type { Gateways } from '../../../src/lib/ports/gateways.ts'
import type { StepContext } from '../../../src/lib/ports/steps.ts'
import { call } from '../../../src/lib/runbooks/template.ts'
import { restoreExtensions } from '../../../src/lib/steps/restore-extensions.ts'
import { guard, monitor, rule, scene, vm, work } from '../../support/extension-things.ts'
import { gone, minute, now as start } from '../../support/step-things.ts'
import { stageOf } from '../../support/steps.ts'

type Weather = {
  /** Of the begins: recorded and never sent; sent and carried out though the answer got lost. */
  readonly crash: number
  readonly lost: number
  /** Of the installations. */
  readonly fails: (name: string, round: number) => boolean
}
const calm: Weather = { crash: 0, lost: 0, fails: () => false }
const limits = restoreExtensions.limits
const steps = [call('restoreExtensions', 'secondary', { onFailure: 'goOn' })]
const full = work({ restore: [monitor, guard, { ...guard, name: 'Third', type: 'Third' }], associations: [rule] })

/** One machine and one task, tick by tick, until it is over. */
async function story(weather: Weather, seed: number) {
  const random = randomFrom(seed)
  const machine = machineOf(weather)
  let now = start
  let task: TaskState = newTask(now)
  const contextOf = (open: OpenTask): StepContext => {
    const { context } = stageOf({
      ...scene(vm(machine.extensions(now)), {}, full),
      associations: machine.associations,
      now,
      ...open,
      startedAt: { replicatedItems: now },
    })
    return { ...context, gateways: machine.gateways(context.gateways, now) }
  }
  for (let i = 0; task.status === 'open' && i < 2_000; i++) {
    const open: OpenTask = task
    const input: Omit<AdvanceInput, 'look'> = { steps, limits, begins: true, intent: 'run', now }
    const decision = advance(open, { ...input, look: await restoreExtensions.look(contextOf(open)) })
    task = decision.state
    if (decision.act === 'begin' && random() >= weather.crash) {
      const begun = await restoreExtensions.begin?.(contextOf(task as OpenTask), { notAfter: 0 })
      if (begun?.kind === 'refused') task = refused(task as OpenTask, input, begun.fault).state
      else if (begun?.kind === 'accepted' && begun.memo && random() >= weather.lost)
        task = { ...(task as OpenTask), memo: { ...(task as OpenTask).memo, ...begun.memo } }
    }
    now += Math.max(decision.lookAfter ?? 0, seconds(1))
  }
  return { task, sent: machine.sent, atOnce: machine.atOnce(), extensions: machine.extensions(now), took: now - start }
}

/** An installation takes two minutes, a removal one; what failed blocks the others. */
function machineOf(weather: Weather) {
  const sent: string[] = []
  const installed = new Map<string, { readonly extension: VmExtension; readonly at: number; readonly fails: boolean }>()
  const removed = new Map<string, number>()
  const associations: { name: string; ruleId?: string }[] = []
  let most = 0
  const stateOf = ({ at, fails }: { at: number; fails: boolean }, now: number) =>
    now < at + 2 * minute ? 'Creating' : fails ? 'Failed' : 'Succeeded'
  const extensions = (now: number): readonly VmExtension[] =>
    [...installed.entries()].flatMap(([name, one]) => {
      const removedAt = removed.get(name)
      if (removedAt !== undefined && now >= removedAt + minute) return []
      return [{ ...one.extension, state: removedAt === undefined ? stateOf(one, now) : 'Deleting' }]
    })
  const ok: Answer<void> = { kind: 'ok', value: undefined }
  const gateways = (plain: Gateways, now: number): Gateways => ({
    ...plain,
    extensions: {
      ...plain.extensions,
      put: async (_, { location: __, ...extension }) => {
        const round = sent.filter((line) => line === `put ${extension.name}`).length + 1
        if (extensions(now).some(({ state }) => state === 'Failed'))
          return { kind: 'refused', fault: { ...gone, code: 'conflict' } }
        sent.push(`put ${extension.name}`)
        removed.delete(extension.name)
        installed.set(extension.name, {
          extension: { ...extension, state: '' },
          at: now,
          fails: weather.fails(extension.name, round),
        })
        most = Math.max(most, extensions(now).filter(({ state }) => state === 'Creating').length)
        return ok
      },
      remove: async (_, name) => {
        sent.push(`remove ${name}`)
        removed.set(name, now)
        return ok
      },
      associate: async (_, association) => {
        sent.push(`associate ${association.name}`)
        associations.push(association)
        return ok
      },
    },
  })
  return { sent, associations, extensions, gateways, atOnce: () => most }
}

function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

const whole = ['put Monitor', 'put Guard', 'put Third', 'associate rule']

test('in calm weather every extension is written once, in order, one at a time', async () => {
  const { task, sent, atOnce, took } = await story(calm, 1)
  expect(task).toMatchObject({ status: 'over', outcome: 'succeeded' })
  expect(sent).toEqual(whole)
  expect(atOnce).toBe(1)
  expect(took).toBeLessThan(10 * minute)
})

test('whatever crashes and gets lost, each is written once for each need', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { task, sent, atOnce } = await story({ ...calm, crash: 0.4, lost: 0.5 }, seed)
    expect({ seed, task }).toMatchObject({ seed, task: { status: 'over', outcome: 'succeeded' } })
    expect({ seed, sent, atOnce }).toEqual({ seed, sent: whole, atOnce: 1 })
  }
})

test('one that fails once is removed and put again, and the others wait for it', async () => {
  const { task, sent } = await story({ ...calm, fails: (name, round) => name === 'Guard' && round === 1 }, 1)
  expect(task).toMatchObject({ outcome: 'succeeded' })
  expect(sent).toEqual(['put Monitor', 'put Guard', 'remove Guard', 'put Guard', 'put Third', 'associate rule'])
})

test('one that fails always is given up after the third time, out of the way of the others', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { task, sent, extensions } = await story({ crash: 0.3, lost: 0.5, fails: (name) => name === 'Monitor' }, seed)
    expect(task).toMatchObject({
      status: 'over',
      outcome: 'degraded',
      facts: { extensionsMissing: 'Monitor (failed)' },
      fault: { code: 'extensionsMissing' },
    })
    const thrice = ['put Monitor', 'remove Monitor', 'put Monitor', 'remove Monitor', 'put Monitor', 'remove Monitor']
    expect({ seed, sent }).toEqual({ seed, sent: [...thrice, 'put Guard', 'put Third', 'associate rule'] })
    expect(extensions.map(({ name, state }) => `${name} ${state}`)).toEqual(['Guard Succeeded', 'Third Succeeded'])
  }
})
