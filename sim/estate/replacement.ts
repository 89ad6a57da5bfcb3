/** What the template of a repair does: a new machine of the same name, whose agent registers if its token is good. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Millis, minutes } from '../../src/lib/core/time.ts'
import type { SimPower, SimSessionHost, SimVm } from '../arm/estate-types.ts'
import { createLagged } from '../arm/lagged.ts'
import type { Sim } from '../arm/types.ts'
import { bootAgent, stopAgent } from './agent.ts'
import { shortageFor } from './capacity.ts'
import { chargeStart, quotaMessage } from './quota.ts'
import { isGoodToken } from './registration.ts'
import { type Outcome, startVm } from './vm-power.ts'
import { currentTurn, sample, worldOf } from './world.ts'

export type Asked = {
  readonly vmId: string
  readonly hostPoolId: string
  readonly location: string
  readonly zone: string
  readonly registrationToken: string
}

/** From the machine that is up to the agent that is set up: domain join and two installers (model value). */
const setUpTakes: readonly [Millis, Millis] = [minutes(4), minutes(12)]

/** Answers when it will have ended at the earliest; `onEnd` is told the error. */
export function replaceVm(sim: Sim, asked: Asked, onEnd: (error: Outcome) => void): number {
  const vm = sim.estate.vms.get(idKey(asked.vmId)) ?? newVm(sim, asked)
  if (!vm)
    return failing(
      sim,
      { code: 'InvalidTemplate', message: 'The template knows only machines of a size it has.' },
      onEnd,
    )
  // Whoever works on it loses the machine under their hands, and the disk with the old registration is gone.
  stopAgent(sim, vm, 'lost')
  const { hostOfVm } = worldOf(sim)
  const outcome =
    shortageFor(sim, vm) ?? sim.faults.operationFailure('Microsoft.Compute/virtualMachines/start/action', idKey(vm.id))
  if (outcome) return failing(sim, outcome, onEnd)
  const isOff = vm.power.now() === 'deallocated' || vm.power.now() === 'stopped'
  const shortage = isOff ? chargeStart(sim, vm) : undefined
  if (shortage) return failing(sim, { code: 'OperationNotAllowed', message: quotaMessage(shortage) }, onEnd)
  hostOfVm.delete(idKey(vm.id))
  const delay = sim.faults.delay('Microsoft.Resources/deployments/write', idKey(vm.id))
  const { endsAt } = startVm(sim, vm, undefined, undefined, delay)
  const isCurrent = currentTurn(sim, vm)
  const done = endsAt + sample(sim, setUpTakes)
  sim.agenda.at(done, () => {
    if (isCurrent()) register(sim, vm, asked)
    onEnd(undefined)
  })
  return done
}

function failing(sim: Sim, error: NonNullable<Outcome>, onEnd: (error: Outcome) => void): number {
  const at = sim.now() + minutes(1)
  sim.agenda.at(at, () => onEnd(error))
  return at
}

/** A template that is given no size takes that of the machines beside it. */
function newVm(sim: Sim, { vmId, location, zone }: Asked): SimVm | undefined {
  const group = idKey(vmId).slice(0, idKey(vmId).lastIndexOf('/') + 1)
  const [beside] = [...sim.estate.vms].flatMap(([key, vm]) => (key.startsWith(group) ? [vm] : []))
  if (!beside) return undefined
  const { zone: _, ...rest } = beside
  const vm: SimVm = {
    ...rest,
    id: vmId,
    name: vmId.split('/').at(-1) ?? '',
    location,
    ...(zone !== '' && { zone }),
    vmId: sim.random.uuid(),
    power: createLagged<SimPower>(sim, 'deallocated'),
    tags: createLagged(sim, {}),
  }
  sim.estate.vms.set(idKey(vmId), vm)
  return vm
}

/** With a token that is not good the machine runs and its agent never reports in: nobody says so. */
function register(sim: Sim, vm: SimVm, { hostPoolId, registrationToken }: Asked): void {
  const pool = sim.estate.hostPools.get(idKey(hostPoolId))
  if (!pool || !isGoodToken(sim, pool, registrationToken)) return
  const world = worldOf(sim)
  const key = `${idKey(pool.id)}/${vm.name}`.toLowerCase()
  // A name that the pool knows already keeps its record, and the agent its place in line: it is refused.
  if (sim.estate.sessionHosts.has(key)) return
  sim.estate.sessionHosts.set(key, {
    name: vm.name,
    pool: idKey(pool.id),
    allowNewSession: createLagged(sim, true),
    vm: idKey(vm.id),
    tokenFrom: sim.now(),
    status: createLagged<ReturnType<SimSessionHost['status']['now']>>(sim, 'Unavailable'),
    sessions: new Map(),
  })
  const listed = world.hostsOfPool.get(idKey(pool.id)) ?? []
  if (!listed.includes(key)) world.hostsOfPool.set(idKey(pool.id), [...listed, key])
  world.hostOfVm.set(idKey(vm.id), key)
  world.agents.delete(key)
  bootAgent(sim, vm)
}
