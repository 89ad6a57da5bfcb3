/** What must be true when everything is over, judged by the estate and not by the product. */

import type { OperationRecord, TaskRecord } from '../../src/lib/ports/operations.ts'
import type { SimSessionHost } from '../arm/estate-types.ts'
import type { FleetOptions } from '../fleets/fleet-options.ts'
import type { Operator } from '../virtual/operator.ts'
import type { Story } from '../virtual/story.ts'

/** `isAlone`: no other operation of the pair has begun since, which may have drained its desktops again. */
export async function checkEnd(
  story: Story,
  operator: Operator,
  ids: readonly string[],
  fleet: FleetOptions,
  isAlone = true,
): Promise<readonly string[]> {
  const broken: string[] = []
  for (const id of ids) {
    const record = await operator.operation(id)
    const tasks = await operator.tasks(id)
    const pair = await operator.ask(story.desk.world.pairs.load(record.pairId))
    if (pair.value.heldBy?.operationId === id)
      broken.push(`${record.pairId} is still held by ${pair.value.heldBy.operationId}`)
    broken.push(...(await conservation(story, operator, record, tasks)))
    if (isAlone && record.pairId.startsWith('personal')) broken.push(...desktops(story, tasks))
  }
  const moved = new Set(failedOver(story).map((vm) => vm.split('/').at(-1)?.toLowerCase()))
  if (moved.size > fleet.personalVms) broken.push(`${moved.size} VMs failed over of ${fleet.personalVms}`)
  return broken
}

/** planned = succeeded + degraded + failed with a reason + aborted; there is no fifth place to be. */
export async function conservation(
  story: Story,
  operator: Operator,
  record: OperationRecord,
  tasks: readonly TaskRecord[],
): Promise<readonly string[]> {
  const { spec } = await operator.ask(story.desk.specOf(record.specHash))
  return spec.stages.flatMap((stage) => {
    const rows = tasks.filter((task) => task.stage === stage.name)
    const isOpened = record.state.stages[stage.name]?.status !== 'waiting'
    const missing =
      isOpened && rows.length !== stage.tasks.length
        ? [`${stage.name}: ${rows.length} of ${stage.tasks.length} tasks`]
        : []
    // Rows may be there of a stage whose opening lost against an abort: nothing is done with them.
    const lost = (isOpened ? rows : []).flatMap(({ key, state }) => {
      if (state.status === 'open') return [`${stage.name} ${key} is still open`]
      const needsReason = state.outcome === 'failed' || state.outcome === 'degraded'
      return needsReason && !state.fault ? [`${stage.name} ${key} failed without a reason`] : []
    })
    return [...missing, ...lost]
  })
}

/** A desktop whose task says it arrived has arrived, lets its user in and is committed; one that went back lets him in at home. */
function desktops(story: Story, tasks: readonly TaskRecord[]): readonly string[] {
  const hosts = new Map(
    [...story.region.sim.estate.sessionHosts.values()].map((host) => [host.name.toLowerCase(), host]),
  )
  const items = new Map(
    [...story.region.sim.estate.replicatedItems.values()].map((item) => [item.vmName.toLowerCase(), item]),
  )
  const committed = new Set(
    story.region.sim.ledger
      .events()
      .flatMap((event) => (event.kind === 'commitAccepted' ? [event.item.toLowerCase()] : [])),
  )
  return tasks.flatMap((task) => {
    if (task.stage !== 'desktops' || task.state.status !== 'over') return []
    const host = hosts.get(task.key.toLowerCase())
    const item = items.get(task.key.toLowerCase())
    if (!host || !item) return [`${task.key} is not in the estate`]
    const state = item.state.now()
    if (task.state.outcome === 'succeeded') {
      if (state !== 'Committed' || !committed.has(item.id.toLowerCase()))
        return [`${task.key} succeeded but is ${state}`]
      return letsIn(host) ? [] : [`${task.key} succeeded but is drained`]
    }
    const wentHome = task.state.outcome === 'aborted' || (task.state.outcome === 'failed' && state === 'Protected')
    if (!wentHome) return []
    if (state !== 'Protected') return [`${task.key} was aborted but is ${state}`]
    const couldNot = task.state.outcome === 'failed'
    return letsIn(host) || couldNot ? [] : [`${task.key} was aborted but is drained`]
  })
}

const letsIn = (host: SimSessionHost): boolean => host.allowNewSession.now()

const failedOver = ({ region }: Story): readonly string[] =>
  region.sim.ledger
    .events()
    .flatMap((event) =>
      event.kind === 'jobEnded' && event.scenario === 'UnplannedFailover' && event.state === 'Succeeded'
        ? [event.vm]
        : [],
    )
