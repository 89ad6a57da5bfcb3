/** Somebody who works in the portal, and what Azure posts of it: taken by the app's own webhook. */
import type { SimReplicatedItem } from '../../../sim/arm/estate-types.ts'
import { createPortalUser, type PortalUser } from '../../../sim/estate/portal-failover.ts'
import type { Signal, SignalKind } from '../../../sim/estate/signals.ts'
import { deliver } from '../../../sim/virtual/app-timers.ts'
import { idKey } from '../../../src/lib/core/arm-id.ts'
import type { Reply } from '../../../src/lib/inbound/problem.ts'
import type { Scene } from './scene.ts'

export type Posted = { readonly signal: Signal; readonly reply: Reply }

export type PortalOptions = {
  readonly kinds?: readonly SignalKind[]
  /** How often each signal is posted: senders try again when an answer got lost. */
  readonly times?: number
}

/** `posted` fills while time passes. */
export function portalOf(scene: Scene, { kinds, times = 1 }: PortalOptions = {}): PortalUser & { posted: Posted[] } {
  const { sim, story } = scene
  const posted: Posted[] = []
  const post = (signal: Signal) => {
    for (let i = 0; i < times; i++) void deliver(story.desk, signal).then((reply) => posted.push({ signal, reply }))
  }
  const at = (when: number, effect: () => void) => {
    story.region.clock.at(when, effect)
  }
  return { ...createPortalUser(sim, { post, at, ...(kinds && { kinds }) }), posted }
}

export const itemsOf = ({ sim, ids }: Scene, from = 0, to = Number.POSITIVE_INFINITY): readonly SimReplicatedItem[] => {
  const wanted = new Set(ids.personal.vms.slice(from, to).map(idKey))
  return [...sim.estate.replicatedItems.values()].filter(({ vm }) => wanted.has(vm))
}
