/** The power of one VM, out of its subscription's listing. */
import { idKey } from '../../core/arm-id.ts'
import type { Instant } from '../../core/time.ts'
import type { PowerState } from '../../model/azure.ts'
import type { StepContext } from '../../ports/steps.ts'
import { missing } from './look.ts'
import { picked, type Read, readListing, wantedSince } from './read.ts'
import { subscriptionOf } from './subject.ts'

export async function readPower(
  context: StepContext,
  vmId: string,
  since: Instant = wantedSince(context),
): Promise<Read<PowerState>> {
  const subscription = subscriptionOf(context, vmId)
  const { powerStates, powerStateOf } = context.fleet
  const read = await readListing(context, since, async (notBefore) =>
    powerStateOf
      ? powerStateOf(subscription, vmId, notBefore)
      : picked(await powerStates(subscription, notBefore), (all) => all.get(idKey(vmId))),
  )
  if (read.kind === 'unread') return read
  const power = read.value
  return power ? { ...read, value: power } : { kind: 'unread', look: missing(read.readAt, `VM ${vmId}`) }
}
