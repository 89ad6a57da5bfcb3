import { ComputeManagementClient } from '@azure/arm-compute'
import { DesktopVirtualizationAPIClient } from '@azure/arm-desktopvirtualization'
import { SiteRecoveryManagementClient } from '@azure/arm-recoveryservices-siterecovery'
import type { SimOptions } from '../../sim/arm/kernel.ts'
import { providers } from '../../sim/arm/providers.ts'
import { fleetIds } from '../../sim/fleets/fleet-ids.ts'
import type { FleetOptions } from '../../sim/fleets/fleet-options.ts'
import { createCustomFleet } from '../../sim/fleets/fleets.ts'
import { seconds } from '../../src/lib/core/time.ts'
import { createWorld, credentialOf } from './kernel-world.ts'
import { hasSpecs, validateAgainstSpec } from './openapi.ts'

const noLag = { readLag: [0, 0] } as const

/** A fleet behind the simulated Resource Manager, and the real SDK clients that speak to it in virtual time. */
export function createFleetWorld(fleet: Partial<FleetOptions>, options: Partial<SimOptions> = {}) {
  const { timings, ...more } = options
  const world = createWorld({
    providers,
    timings: { armLatency: [0, 0], ...noLag, ...timings },
    ...more,
  })
  createCustomFleet(fleet)(world.sim)
  const ids = fleetIds(fleet)
  const { clientOptions } = world
  const credential = credentialOf('someone')
  const { subscription } = ids
  return {
    ...world,
    ids,
    avd: new DesktopVirtualizationAPIClient(credential, subscription, clientOptions),
    compute: new ComputeManagementClient(credential, subscription, clientOptions),
    siteRecovery: new SiteRecoveryManagementClient(credential, subscription, clientOptions),
    /** All pages of a list. */
    all: <T>(pages: AsyncIterable<T>): Promise<T[]> => world.settled(collect(pages)),
    later: (length: number) => world.clock.run(world.clock.now() + length),
    /** Runs an operation of the newer SDK to its end; left to itself it would wait in real time. */
    finish: async <T>(poller: SdkPoller<T>): Promise<T | undefined> => {
      await world.settled(poller.submitted())
      while (!poller.isDone) {
        await world.clock.run(world.clock.now() + pollEvery)
        await world.settled(poller.poll())
      }
      return poller.result
    },
    kinds: () => world.sim.ledger.events().map(({ kind }) => kind),
  }
}

/** As the power operations' Retry-After asks. */
const pollEvery = seconds(10)

type SdkPoller<T> = {
  readonly isDone: boolean
  readonly result: T | undefined
  readonly submitted: () => Promise<void>
  readonly poll: () => Promise<unknown>
}

export type FleetWorld = ReturnType<typeof createFleetWorld>

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const entry of pages) found.push(entry)
  return found
}

const specFiles = {
  avd: 'Microsoft.DesktopVirtualization/2024-04-03/desktopvirtualization.json',
  compute: 'Microsoft.Compute/2024-03-01/virtualMachine.json',
  computeCommon: 'Microsoft.Compute/2024-03-01/computeRPCommon.json',
  reservations: 'Microsoft.Compute/2024-03-01/capacityReservation.json',
  galleries: 'Microsoft.Compute/2023-07-03/gallery.json',
  shares: 'Microsoft.Storage/2023-05-01/file.json',
  diagnostics: 'Microsoft.Insights/2021-05-01-preview/diagnosticsSettings_API.json',
  permissions: 'Microsoft.Authorization/2022-04-01/authorization-RoleDefinitionsCalls.json',
  skus: 'Microsoft.Compute/2021-07-01/skus.json',
  siteRecovery: 'Microsoft.RecoveryServices.SiteRecovery/2023-06-01/service.json',
} as const

/** What the official file finds wrong; nothing when `SPECS_DIR` is unset, and then the SDK's reading is the proof. */
export const faultsBySpec = (
  spec: keyof typeof specFiles,
  method: string,
  template: string,
  answer: { readonly status: number; readonly body?: unknown },
): string[] => (hasSpecs ? validateAgainstSpec(specFiles[spec], method, template, answer.status, answer.body) : [])

/** Last part of an id. */
export const nameOf = (id: string): string => id.split('/').at(-1) ?? ''
export const groupOf = (id: string): string => id.split('/')[4] ?? ''
