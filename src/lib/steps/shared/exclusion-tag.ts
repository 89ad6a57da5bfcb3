/**
 * The tag that keeps autoscale away from a host.
 *
 * Ours has a value that begins with a marker, whichever operation set it, so that one left behind by an operation that
 * was cut short can still be removed. With any other value a person set it: autoscale heeds the name alone
 * (autoscale exclusion tags, learn.microsoft.com), so it serves us too, and it stays.
 */
import type { Vm } from '../../model/azure.ts'
import type { StepContext } from '../../ports/steps.ts'
import { type Read, readNow } from './read.ts'
import { vmIdOf } from './subject.ts'

const marker = 'avd-failover:'

export const tagNameOf = ({ spec, side }: StepContext): string | undefined => spec[side].exclusionTag || undefined

export const ourTagValue = ({ operationId }: StepContext): string => `${marker}${operationId}`

export const isOurs = (value: string): boolean => value.startsWith(marker)

/** Read right before it is used: setting tags replaces the whole map. */
export const readVm = (context: StepContext): Promise<Read<Vm>> =>
  readNow(context, context.gateways.compute.vm(vmIdOf(context)))

/** Tag names have no letter case in Azure. */
export function findTag(tags: Vm['tags'], name: string): { readonly key: string; readonly value: string } | undefined {
  const hit = Object.entries(tags).find(([key]) => key.toLowerCase() === name.toLowerCase())
  return hit && { key: hit[0], value: hit[1] }
}
