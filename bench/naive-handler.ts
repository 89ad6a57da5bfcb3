/** A queue handler as it is written on a first afternoon: one message a machine, one call after the other, trust in the SDK and in the queue. */
import type { Answer } from '../src/lib/core/fault.ts'
import { minutes, seconds } from '../src/lib/core/time.ts'
import type { Subject } from '../src/lib/machine/spec.ts'
import type { Json } from '../src/lib/ports/storage.ts'
import type { World } from '../src/lib/ports/world.ts'

export type NaivePlan = {
  readonly vault: string
  readonly oldPool: string
  readonly newPool: string
  readonly desktops: readonly Extract<Subject, { kind: 'desktop' }>[]
  readonly newHosts: readonly Extract<Subject, { kind: 'host' }>[]
  readonly assignments: readonly Extract<Subject, { kind: 'assignment' }>[]
}

type Sleep = (length: number) => Promise<void>

export const naiveMessages = (plan: NaivePlan): readonly { readonly [key: string]: Json }[] => [
  ...plan.newHosts.map(({ key }) => ({ kind: 'start', key })),
  ...plan.assignments.map(({ key }) => ({ kind: 'access', key })),
  ...plan.desktops.map(({ key }) => ({ kind: 'desktop', key })),
]

export function createNaiveHandler(plan: NaivePlan, world: World, sleep: Sleep): (message: unknown) => Promise<void> {
  return async (message) => {
    const { kind, key } = message as { kind: string; key: string }
    if (kind === 'start') await startHost(plan, world, sleep, key)
    if (kind === 'access') await moveAccess(plan, world, sleep, key)
    if (kind === 'desktop') await failOver(plan, world, sleep, key)
  }
}

async function startHost({ newHosts, newPool }: NaivePlan, world: World, sleep: Sleep, key: string): Promise<void> {
  const host = newHosts.find((each) => each.key === key)
  if (!host) return
  const { compute, avd } = world.gateways
  await retried(sleep, () => compute.start(host.vmId, now(world)))
  await retried(sleep, () => avd.setAllowNewSession(newPool, host.host, true, now(world)))
}

/** First the new right, then the old one away: nobody is to be without. */
async function moveAccess({ assignments }: NaivePlan, world: World, sleep: Sleep, key: string): Promise<void> {
  const move = assignments.find((each) => each.key === key)
  if (!move) return
  const { access } = world.gateways
  await retried(sleep, () => access.grant(move.grant, now(world)))
  const { revoke } = move
  if (revoke) await retried(sleep, () => access.revoke(revoke.id, now(world)))
}

async function failOver({ desktops, vault }: NaivePlan, world: World, sleep: Sleep, key: string): Promise<void> {
  const desktop = desktops.find((each) => each.key === key)
  if (!desktop) return
  const { siteRecovery } = world.gateways
  await retried(sleep, () => siteRecovery.failover(desktop.itemId, { sourceSiteOperations: 'Required' }, now(world)))
  for (let waited = 0; ; waited += seconds(15)) {
    if (waited > minutes(10)) throw new Error('the function ran out of time')
    await sleep(seconds(15))
    const items = await retried(sleep, () => siteRecovery.items(vault))
    const item = items.find(({ id }) => id.toLowerCase() === desktop.itemId.toLowerCase())
    if (/commitpending/i.test(item?.protectionState ?? '')) break
  }
  await retried(sleep, () => siteRecovery.commit(desktop.itemId, now(world)))
}

/** As the SDKs do by default: three more times, whatever may have become of the first one. */
async function retried<T>(sleep: Sleep, ask: () => Promise<Answer<T>>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask()
    if (answer.kind === 'ok') return answer.value
    const { fault } = answer
    if (attempt >= 3 || (answer.kind === 'refused' && !fault.retryable)) throw new Error(fault.message)
    await sleep(fault.retryAfter ?? seconds(2 ** attempt))
  }
}

const now = ({ clock }: World) => ({ notAfter: clock.monotonic() + seconds(10) })
