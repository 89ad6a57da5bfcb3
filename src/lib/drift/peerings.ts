/** Which networks are joined by peerings, as far as they were seen. */
import { idKey } from '../core/arm-id.ts'
import type { Network } from '../model/estate.ts'
import type { Side } from './next-move.ts'

/** By their keys. */
export type Networks = ReadonlyMap<string, Network>
/** Keys of the networks the machines of a side stand in. */
export type Used = Readonly<Record<Side, readonly string[]>>

type Peering = Network['peerings'][number]

/** `VirtualNetworkPeeringState`; a word that is new to us says neither. */
export const isConnected = ({ state }: Peering): boolean => /^connected$/i.test(state)
export const isBroken = ({ state }: Peering): boolean => /^(initiated|disconnected)$/i.test(state)
export const isNotBroken = (peering: Peering): boolean => !isBroken(peering)
export const isUnknown = (peering: Peering): boolean => !isConnected(peering) && !isBroken(peering)

export const peers = ({ peerings }: Network, holds: (peering: Peering) => boolean): readonly string[] =>
  peerings.filter(holds).map(({ remoteId }) => idKey(remoteId))

/** Networks that no peerings of that sort join with the other side. */
export function lostOf(networks: Networks, { primary, secondary }: Used, holds: (peering: Peering) => boolean) {
  const [here, there] = [reach(networks, primary, holds), reach(networks, secondary, holds)]
  return [...secondary.filter((id) => !here.has(id)), ...primary.filter((id) => !there.has(id))]
}

function reach(networks: Networks, from: readonly string[], holds: (peering: Peering) => boolean): ReadonlySet<string> {
  const reached = new Set(from)
  // A set that grows while it is walked is walked to its end.
  for (const id of reached) for (const next of joined(networks, id, holds)) reached.add(next)
  return reached
}

/** One end may say `Connected` long after the other was taken away; an end that is not seen is believed. */
function joined(networks: Networks, id: string, holds: (peering: Peering) => boolean): readonly string[] {
  const network = networks.get(id)
  if (!network) return []
  return peers(network, holds).filter((one) => {
    const other = networks.get(one)
    return !other || peers(other, holds).includes(id)
  })
}

/** The way goes on in a network that no list has. */
export const leavesWhatIsSeen = (networks: Networks, from: readonly string[]): boolean =>
  [...reach(networks, from, isNotBroken)].some((id) => !networks.has(id))
