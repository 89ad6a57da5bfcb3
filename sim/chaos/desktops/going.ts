/** One night of desktops as it goes on, and what is still open in it. */
import type { Random } from '../../arm/types.ts'
import type { ReplicatedOverrides } from '../../fleets/plan-text.ts'
import type { ChaosWorld } from '../world.ts'
import type { Portal } from './portal.ts'

export type Going = {
  readonly world: ChaosWorld
  readonly random: Random
  readonly pairId: string
  readonly replicated: ReplicatedOverrides
  readonly portal: Portal
  /** Operations of people and of the timer, in the order in which they were seen. */
  readonly ids: Set<string>
  readonly refusals: string[]
  readonly broken: string[]
  /** Both machines of a desktop may run: somebody said that its region is down, or it was. */
  mayRunTwice: boolean
}

/** Work and events that are not over, in words. Whoever waits for a commit that cannot be made waits for a person. */
export async function waitingOf({ world, pairId, ids }: Going): Promise<readonly string[]> {
  const { operator, story } = world
  const { desk: app, region } = story
  const events = await operator.ask(app.world.events.open())
  const followUps = await operator.ask(app.world.followUps.ofPair(pairId))
  // One that was cut off between its name and its start never was.
  for (const { operationId } of followUps)
    if (operationId && (await operator.ask(app.world.operations.load(operationId)))) ids.add(operationId)
  const pending = new Set(
    [...region.sim.estate.replicatedItems.values()]
      .filter(({ state }) => state.now() === 'CommitPending')
      .map(({ vmName }) => vmName.toLowerCase()),
  )
  const isExcused = (host: string, kind: string) =>
    kind !== 'restoreExtensions' && pending.has(host.split('.')[0]?.toLowerCase() ?? '')
  return [
    ...events.map(({ value }) => `event ${value.what}, ${value.id}`),
    ...followUps
      .filter(({ ended, host, kind }) => !ended && !isExcused(host, kind))
      .map(({ kind, host, problem }) => `${kind} of ${host}: ${problem ?? 'no problem'}`),
  ]
}
