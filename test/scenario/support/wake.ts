/** A standby pool whose hosts are kept alive, and a wake-up of some of them. */

import { type KeepAliveStart, startKeepAlive } from '../../../src/lib/execution/start-keep-alive.ts'
import type { Side } from '../../../src/lib/machine/spec.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import { openScene, pooledOnly, type Scene, type SceneOptions } from './scene.ts'

export const pairId = 'pooled-uk'

/** The first standby hosts of the tiny fleet, by name. */
export const standby = ['avdp-ukw-0001', 'avdp-ukw-0002', 'avdp-ukw-0003', 'avdp-ukw-0004'] as const

export const openPool = (options: SceneOptions = {}): Promise<Scene> =>
  openScene({
    ...options,
    fleet: { ...pooledOnly, ...options.fleet },
    plan: { keepAlive: {}, ...options.plan },
  })

export async function wake(
  scene: Scene,
  hosts: readonly string[],
  putBack: KeepAliveStart['putBack'] = [],
  side: Side = 'secondary',
): Promise<string> {
  const { operator, story } = scene
  await operator.ask(story.storage.refreshClock())
  const wakes = hosts.map((host) => ({ side, host }))
  const started = await operator.ask(startKeepAlive(story.desk, { pairId, wakes, putBack, by: 'timer' }))
  if (started.kind === 'refused') throw new Error(`not started: ${started.message}`)
  return started.operationId
}

export async function clockOf({ operator, story }: Scene, host: string): Promise<HostClock | undefined> {
  return (await operator.ask(story.desk.world.hosts.load(pairId, 'secondary', host)))?.value
}
