/** One fault for each rule about what a failover would be worse for. */
import { idKey } from '../../../src/lib/core/arm-id.ts'
import { addResource, setTraits, surroundingsOf, traitsOf } from '../../estate/surroundings.ts'
import { worldOf } from '../../estate/world.ts'
import type { Drift } from '../drift.ts'
import { edit, editResource, first, removeBackup, tell } from './tools.ts'

export const worsening = {
  'pool-settings-equal': {
    seed({ sim, ids }) {
      const pool = sim.estate.hostPools.get(idKey(ids.pooled.secondary.hostPool))
      if (pool) pool.settings = { customRdpProperty: 'drivestoredirect:s:;redirectclipboard:i:0;' }
    },
  },
  'os-disk-premium': {
    seed({ sim, ids }) {
      const id = first(ids.pooled.secondary.vms)
      setTraits(sim, id, { ...traitsOf(sim, id), osDiskSku: 'StandardSSD_LRS' })
    },
  },
  'local-disk-for-cache': { fleet: { vmSize: 'Standard_D4s_v5' } },
  'cloud-cache-order': {
    seed({ sim, ids, ground }) {
      const own = [ground.pooled.primary, ground.pooled.secondary]
      const ccd = own.map(({ storage }) => storage.profiles.split('/').at(-1)).join(' ')
      tell(sim, ids.pooled.secondary.vms, { ccd })
    },
  },
  'cloud-cache-alone': { seed: ({ sim, ids }) => tell(sim, ids.pooled.primary.vms.slice(0, 1), { vhd: 1 }) },
  'cloud-cache-for-office': {
    seed: ({ sim, ids }) => tell(sim, [...ids.pooled.primary.vms, ...ids.pooled.secondary.vms], { office: '' }),
  },
  'profile-type': { seed: ({ sim, ids }) => tell(sim, ids.pooled.secondary.vms.slice(0, 1), { type: 3 }) },
  /** What is in the plan as an account of the secondary side is in the primary region. */
  'storage-accounts-apart': {
    seed({ sim, ids, ground }) {
      const id = ground.pooled.secondary.storage.office
      const found = surroundingsOf(sim).resources.get(idKey(id))
      if (found) addResource(sim, { ...found, location: ids.primaryLocation })
    },
  },
  'storage-zone-redundant': {
    seed: ({ sim, ground }) =>
      editResource(sim, ground.pooled.secondary.storage.profiles, { sku: { name: 'Premium_LRS', tier: 'Premium' } }),
  },
  'storage-not-geo-redundant': {
    seed: ({ sim, ground }) =>
      editResource(sim, ground.pooled.primary.storage.profiles, {
        kind: 'StorageV2',
        sku: { name: 'Standard_GZRS', tier: 'Standard' },
      }),
  },
  'share-room': {
    seed: ({ sim, ground }) =>
      edit(surroundingsOf(sim).shares, ground.pooled.primary.storage.profiles, (shares) =>
        shares.map((share) => ({ ...share, usedBytes: Math.round(share.quotaGiB * 2 ** 30 * 0.97) })),
      ),
  },
  'packages-in-both-pools': {
    seed: ({ sim, ids }) => void surroundingsOf(sim).msixPackages.delete(idKey(ids.pooled.secondary.hostPool)),
  },
  /** The secondary pool takes its images from where the primary's lie. */
  'package-storage': {
    seed({ sim, ids }) {
      const { msixPackages } = surroundingsOf(sim)
      const { primary, secondary } = ids.pooled
      msixPackages.set(idKey(secondary.hostPool), msixPackages.get(idKey(primary.hostPool)) ?? [])
    },
  },
  'log-analytics': { plan: { drift: { logAnalytics: 'same' } } },
  'service-limits': {
    fleet: { applicationGroups: 2 },
    seed({ sim, ids }) {
      const many = Array.from({ length: 480 }, (_, i) => ({ name: `Tool${i + 1}` }))
      for (const { applicationGroups } of [ids.pooled.primary, ids.pooled.secondary])
        edit(worldOf(sim).applications, applicationGroups[1] ?? '', (known) => [...known, ...many])
    },
  },
  /** Without its gateway, which could be another way. */
  'networks-peered': {
    seed({ sim, ground }) {
      edit(worldOf(sim).networks, ground.pooled.secondary.network, (network) => ({
        ...network,
        peerings: (network.peerings ?? []).map((one) => ({ ...one, state: 'Disconnected' as const })),
      }))
      surroundingsOf(sim).resources.delete(idKey(ground.secondary.gateway))
    },
  },
  /** Its machines would ask Azure, which knows nothing of the domain. */
  'network-dns': {
    seed: ({ sim, ground }) =>
      edit(worldOf(sim).networks, ground.pooled.secondary.network, ({ dnsServers: _, ...network }) => network),
  },
  'gateways-zone-redundant': {
    seed({ sim, ground }) {
      const { gateway } = ground.primary
      edit(surroundingsOf(sim).resources, gateway, (one) => ({
        ...one,
        properties: { ...one.properties, sku: { name: 'Standard', tier: 'Standard', capacity: 2 } },
      }))
    },
  },
  'workspace-model': {
    seed({ sim, ids }) {
      for (const { workspace } of [ids.pooled.primary, ids.pooled.secondary])
        edit(worldOf(sim).workspaces, workspace, (one) => ({ ...one, friendlyName: 'Contoso desktops' }))
    },
  },
  'machines-backed-up': { seed: ({ sim }) => removeBackup(sim, ({ kind }) => kind === 'vm') },
  'shares-backed-up': {
    seed: ({ sim, ground }) => removeBackup(sim, ({ sourceId }) => sourceId === ground.pooled.primary.storage.profiles),
  },
  'backup-vault-redundancy': {
    seed({ sim, ground }) {
      const redundancySettings = { standardTierStorageRedundancy: 'LocallyRedundant', crossRegionRestore: 'Disabled' }
      editResource(sim, ground.backupVault, { properties: { provisioningState: 'Succeeded', redundancySettings } })
    },
  },
  'domain-controllers-primary': {
    seed({ sim, ground }) {
      for (const id of ground.primary.domainControllers) editResource(sim, id, { zones: ['1'] })
    },
  },
  'domain-controllers-secondary': {
    seed({ sim, ground }) {
      const id = first(ground.secondary.domainControllers)
      edit(surroundingsOf(sim).resources, id, (one) => ({
        ...one,
        properties: {
          ...one.properties,
          extended: { instanceView: { powerState: { code: 'PowerState/deallocated' } } },
        },
      }))
    },
  },
  'domain-services-replicas': {
    plan: { identity: { kind: 'entraDomainServices' } },
    seed: ({ sim, ids, ground }) =>
      addResource(sim, {
        id: `${ground.primary.identityGroup}/providers/Microsoft.AAD/DomainServices/aadds.contoso.com`,
        type: 'Microsoft.AAD/DomainServices',
        location: ids.primaryLocation,
        properties: {
          domainName: 'aadds.contoso.com',
          provisioningState: 'Succeeded',
          replicaSets: [{ location: 'UK South', serviceStatus: 'Running' }],
        },
      }),
  },
  'tier-set': {
    seed({ sim, ids }) {
      const tags = sim.estate.vms.get(idKey(first(ids.personal.vms)))?.tags
      tags?.set({ environment: 'production' })
    },
  },
} satisfies Readonly<Record<string, Drift>>
