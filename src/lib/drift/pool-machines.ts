/** What the hosts of a pooled side can do: only machines in the region of the plan count. */
import type { Vm } from '../model/azure.ts'
import type { Side } from './next-move.ts'
import { oncePer } from './once-per.ts'
import type { Part } from './outcome.ts'
import type { RuleContext } from './rule.ts'
import { machinesOfSide, sameRegion } from './session-machines.ts'

const onSide = (side: Side) =>
  oncePer((context): Part<readonly Vm[]> => {
    const machines = machinesOfSide(context, side)
    if (machines.kind === 'unseen') return machines
    const { region } = context.pair[side]
    return { kind: 'seen', value: machines.value.filter(({ location }) => sameRegion(location, region)) }
  })
const machines = { primary: onSide('primary'), secondary: onSide('secondary') }

/** Where the pool itself is kept says nothing of where its machines are (AVD, data locations). */
export const machinesThere = (context: RuleContext, side: Side): Part<readonly Vm[]> => machines[side](context)

/** Sessions that so many hosts hold; undefined where the pool has no limit, or Azure does not tell it. */
export const sessionsOf = (hosts: number, maxSessionLimit: number): number | undefined =>
  maxSessionLimit <= 0 || maxSessionLimit >= noLimit ? undefined : hosts * maxSessionLimit

/** What Azure puts for a pool that is made without a limit (Desktop Virtualization 2024-04-03, examples). */
const noLimit = 999_999
