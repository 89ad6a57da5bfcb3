/** What application groups and pools hold: applications, workspaces, packages. Reads only, api-version 2024-04-03. */
import { parseArmId } from '../core/arm-id.ts'
import type { Avd } from '../ports/gateways.ts'
import { appAttachPackageOf, applicationOf, msixPackageOf, workspaceOf } from './avd-content-shapes.ts'
import { asWrittenPages, listAs } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { misnamed } from './outcomes.ts'

/** The rights these reads need. */
export const actions: readonly string[] = [
  'Microsoft.DesktopVirtualization/appAttachPackages/read',
  'Microsoft.DesktopVirtualization/applicationGroups/applications/read',
  'Microsoft.DesktopVirtualization/hostPools/msixPackages/read',
  'Microsoft.DesktopVirtualization/workspaces/read',
]

export type AvdContent = Pick<Avd, 'applications' | 'workspaces' | 'msixPackages' | 'appAttachPackages'>

export function contentOf({ avd, calls }: Pick<AzureClients, 'avd' | 'calls'>): AvdContent {
  return {
    async applications(groupId) {
      const id = parseArmId(groupId)
      if (!id) return misnamed(groupId)
      const { applications } = avd(id.subscription)
      const pages = () => applications.list(id.resourceGroup, id.name, asWrittenPages).byPage()
      return listAs(calls, pages, 'An application', applicationOf)
    },
    async workspaces(subscription) {
      const pages = () => avd(subscription).workspaces.listBySubscription(asWrittenPages).byPage()
      return listAs(calls, pages, 'A workspace', workspaceOf)
    },
    async msixPackages(poolId) {
      const id = parseArmId(poolId)
      if (!id) return misnamed(poolId)
      const { msixPackages } = avd(id.subscription)
      const pages = () => msixPackages.list(id.resourceGroup, id.name, asWrittenPages).byPage()
      return listAs(calls, pages, 'An MSIX package', msixPackageOf)
    },
    async appAttachPackages(subscription) {
      const { appAttachPackageOperations } = avd(subscription)
      const pages = () => appAttachPackageOperations.listBySubscription(asWrittenPages).byPage()
      return listAs(calls, pages, 'An App attach package', appAttachPackageOf)
    },
  }
}
