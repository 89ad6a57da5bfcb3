import { idKey } from '../../src/lib/core/arm-id.ts'
import { sample, worldOf } from '../estate/world.ts'
import type { SimPower, SimReplicatedItem, SimVm } from './estate-types.ts'
import { createLagged } from './lagged.ts'
import { putVm } from './site-recovery-failover.ts'
import { type Asker, type AsrJob, beginJob, failoverTasks } from './site-recovery-job.ts'
import type { Sim } from './types.ts'

/**
 * A second machine from the same disk. Nothing refuses it, and of a session host it is a mistake: two agents with one
 * registration, and the one that reports in last has the desktop.
 */
export function testFailover(sim: Sim, asker: Asker, item: SimReplicatedItem): AsrJob {
  const length = sample(sim, sim.timings.failover)
  const plan = {
    scenario: 'TestFailover',
    item,
    tasks: failoverTasks(sim.now(), length, false),
    endsAt: Math.round(sim.now() + length),
  } as const
  const job = beginJob(sim, asker, plan, () => {
    const source = sim.estate.vms.get(item.vm)
    if (source) putVm(sim, twinOf(sim, item, source), item.vm)
    return undefined
  })
  const { by } = asker
  sim.ledger.write({ kind: 'testFailoverAccepted', item: idKey(item.id), vm: item.vm, job: job.id, ...(by && { by }) })
  return job
}

function twinOf(sim: Sim, item: SimReplicatedItem, source: SimVm): SimVm {
  const [, , subscription = '', , resourceGroup = ''] = item.targetResourceGroupId.split('/')
  const name = `${item.vmName}-test`
  return {
    id: `${item.targetResourceGroupId}/providers/Microsoft.Compute/virtualMachines/${name}`,
    name,
    subscription,
    resourceGroup,
    location: item.targetLocation,
    size: source.size,
    vmId: worldOf(sim).random.uuid(),
    power: createLagged<SimPower>(sim, 'running'),
    tags: createLagged(sim, source.tags.now()),
    failedOver: true,
  }
}
