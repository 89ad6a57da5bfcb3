/** One fault for each rule about replication, hosts, who else acts, what is locked, and where things are. */
import { idKey } from '../../../src/lib/core/arm-id.ts'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { addLock, addResource, addResourceGroup, setRights, surroundingsOf } from '../../estate/surroundings.ts'
import { worldOf } from '../../estate/world.ts'
import type { Drift } from '../drift.ts'
import { edit, editVm, first, hostOf } from './tools.ts'

/** Its protected settings lie in the fleet's key vault, so that a failover needs it. */
const withSecret = {
  extension: 'Contoso.Agents/Inspector',
  action: 'restore',
  protectedSettingsFromKeyVault: {
    secretUrl: 'https://kv-dr-ukwest.vault.azure.net/secrets/extension-settings/0123456789abcdef0123456789abcdef',
    vault:
      '/subscriptions/3b6f9d52-7c1e-4a85-9f20-5d8e6a4c1b70/resourceGroups/rg-dr-ukwest/providers/Microsoft.KeyVault/vaults/kv-dr-ukwest',
  },
}

export const endangering = {
  'replication-covers-desktops': { fleet: { unreplicatedVms: 1 } },
  'replication-healthy': {
    seed({ sim }) {
      const item = first([...sim.estate.replicatedItems.values()])
      sim.estate.replicatedItems.set(idKey(item.id), { ...item, replicationHealth: 'Critical' })
    },
  },
  'standby-tokens': { clocks: (clock) => ({ ...clock, lastProof: (clock.lastProof ?? 0) - hours(24 * 60) }) },
  'hosts-healthy': {
    seed: ({ sim, ids }) => hostOf(sim, first(ids.pooled.primary.vms)).status.set('NeedsAssistance'),
  },
  /** Releases of the agent came and went while the standby hosts were off. */
  'agent-versions': {
    fleet: {
      tokenAgeDays: 45,
      switches: {
        agentUpdates: {
          every: hours(24 * 14),
          startsAfter: [minutes(5), minutes(10)],
          takes: [minutes(5), minutes(10)],
          fails: 0,
        },
      },
    },
  },
  'zones-spread': {
    seed({ sim, ids }) {
      for (const id of ids.pooled.primary.vms)
        if (sim.estate.vms.get(idKey(id))?.zone === '3') editVm(sim, id, { zone: '1' })
    },
  },
  'scaling-plans-paired': {
    seed({ sim, ids }) {
      const { scalingPlan } = ids.pooled.secondary
      edit(sim.estate.scalingPlans, scalingPlan, (plan) => ({ ...plan, exclusionTag: 'leave-alone' }))
    },
  },
  'start-on-connect': { fleet: { startOnConnect: { primary: true, secondary: true } } },
  'no-delete-locks': {
    seed: ({ sim, ids }) =>
      addLock(sim, { name: 'no-delete', scope: ids.pooled.primary.resourceGroup, level: 'CanNotDelete' }),
  },
  'vault-outside-primary': {
    seed({ sim, ids }) {
      const { vault } = ids.personal
      edit(worldOf(sim).vaults, vault, (one) => ({ ...one, location: ids.primaryLocation }))
      sim.estate.locations.set(idKey(vault), ids.primaryLocation)
    },
  },
  'key-vaults-outside-primary': {
    plan: { extensions: [withSecret] },
    seed({ sim, ids }) {
      const { keyVault } = ids.personal
      const found = surroundingsOf(sim).resources.get(idKey(keyVault))
      if (found) addResource(sim, { ...found, location: ids.primaryLocation })
    },
  },
  'resource-groups-outside-primary': {
    seed: ({ sim, ids }) => addResourceGroup(sim, ids.pooled.secondary.resourceGroup, ids.primaryLocation),
  },
  'app-outside-primary': { app: 'uksouth' },
  'own-rights': {
    seed: ({ sim, ids, principal }) =>
      setRights(sim, principal, [
        {
          scope: `/subscriptions/${ids.subscription}`,
          actions: ['*'],
          notActions: ['Microsoft.Authorization/roleAssignments/delete'],
        },
      ]),
  },
  /** Somebody started a standby host, and lets people in. */
  'inactive-side-fenced': {
    seed({ sim, ids }) {
      const id = first(ids.pooled.secondary.vms)
      sim.estate.vms.get(idKey(id))?.power.set('running')
      const host = hostOf(sim, id)
      host.beatingSince = sim.now() - hours(2)
      host.status.set('Available')
      host.allowNewSession.set(true)
    },
  },
} satisfies Readonly<Record<string, Drift>>
