/** Session hosts with their virtual machines, for the rules about hosts. */
import type { SessionHost, Vm } from '../model/azure.ts'
import { vmMatcher } from '../planning/vms.ts'
import type { Side } from './next-move.ts'
import { oncePer } from './once-per.ts'
import { type Part, partOfSide } from './outcome.ts'
import type { RuleContext } from './rule.ts'

export type HostMachine = {
  readonly host: SessionHost
  /** Undefined: none of its name, or it cannot be told which. That is `counterpart-hosts`'s to tell. */
  readonly vm: Vm | undefined
}

export const machinesOn = (context: RuleContext, side: Side): Part<readonly HostMachine[]> => bySide(context)[side]

const bySide = oncePer((context) => ({ primary: read(context, 'primary'), secondary: read(context, 'secondary') }))

function read(context: RuleContext, side: Side): Part<readonly HostMachine[]> {
  const hosts = partOfSide(context, side, 'sessionHosts')
  const vms = partOfSide(context, side, 'vms')
  if (hosts.kind === 'unseen') return hosts
  if (vms.kind === 'unseen') return vms
  const vmOf = vmMatcher(vms.value)
  const value = hosts.value.map((host) => {
    const match = vmOf(host)
    return { host, vm: typeof match === 'object' ? match.vm : undefined }
  })
  return { kind: 'seen', value }
}

/** An agent may answer, and somebody may be signed in. */
export const isOn = (vm: Vm | undefined): boolean => vm?.power === 'running'
