/** The simulated Azure beside an app that is alone in its process: a personal pool of as many VMs as it is told. */

import { startHttpsServer } from '../sim/arm/https-server.ts'
import { createSim } from '../sim/arm/kernel.ts'
import { providers } from '../sim/arm/providers.ts'
import type { Sim } from '../sim/arm/types.ts'
import { createScaledClock } from '../sim/clock.ts'
import type { FastTime } from '../sim/fast-time/fast-time.ts'
import { createFleet } from '../sim/fleets/fleets.ts'

export type EstateWanted = { readonly vms: number; readonly time: FastTime }
export type EstateNews = { readonly origin: string; readonly environment: Readonly<Record<string, string>> }
/** What reached the estate so far: requests by status, and what it accepted, by kind of event. */
export type EstateCounts = Readonly<Record<string, number>>

async function serve({ vms, time }: EstateWanted): Promise<void> {
  const clock = createScaledClock(time)
  let origin = ''
  const { sim, handle } = createSim({ clock, seed: 1, providers, origin: () => origin })
  createFleet('thousand', { personalVms: vms, users: vms })(sim)
  const principal = '00000000-0000-4000-8000-0000000000a1'
  const server = await startHttpsServer({ handle, clock, sim, principal })
  origin = server.origin
  process.send?.({ origin, environment: server.environment } satisfies EstateNews)
  process.on('message', () => process.send?.(countsOf(sim)))
}

function countsOf({ ledger }: Pick<Sim, 'ledger'>): EstateCounts {
  const counts: Record<string, number> = {}
  const add = (name: string) => {
    counts[name] = (counts[name] ?? 0) + 1
  }
  for (const { method, status } of ledger.calls()) add(`${method} ${status}`)
  for (const { kind } of ledger.events()) add(kind)
  return counts
}

process.on('disconnect', () => process.exit(0))
process.once('message', (wanted) => {
  serve(wanted as EstateWanted).catch((error) => {
    console.error(error)
    process.exit(1)
  })
})
