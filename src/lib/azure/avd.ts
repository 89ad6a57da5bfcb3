/** Azure Virtual Desktop, api-version 2024-04-03. */
import { parseArmId, sameId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { ScalingPlan } from '../model/azure.ts'
import type { Avd } from '../ports/gateways.ts'
import { contentOf, actions as contentRights } from './avd-content.ts'
import { applicationGroupOf, hostPoolOf, scalingPlanOf, sessionHostOf, userSessionOf } from './avd-shapes.ts'
import { avdWritesOf, actions as writeRights } from './avd-writes.ts'
import { asWritten, asWrittenPages, done, listAs, readAllAs, readAs, refused } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { gone, misnamed } from './outcomes.ts'
import { jsonOf } from './trouble.ts'
import { record, text } from './wire.ts'

/** The rights this gateway needs. */
export const actions: readonly string[] = [
  'Microsoft.DesktopVirtualization/applicationGroups/read',
  'Microsoft.DesktopVirtualization/hostPools/read',
  'Microsoft.DesktopVirtualization/hostPools/write',
  'Microsoft.DesktopVirtualization/hostPools/retrieveRegistrationToken/action',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/delete',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/read',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/write',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/userSessions/delete',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/userSessions/read',
  'Microsoft.DesktopVirtualization/hostPools/sessionHosts/userSessions/sendMessage/action',
  'Microsoft.DesktopVirtualization/hostPools/userSessions/read',
  'Microsoft.DesktopVirtualization/scalingPlans/read',
  'Microsoft.DesktopVirtualization/scalingPlans/write',
  ...contentRights,
  ...writeRights,
]

export function createAvd(azure: Pick<AzureClients, 'avd' | 'calls'>): Avd {
  return {
    ...poolsOf(azure),
    ...registrationOf(azure),
    ...sessionsOf(azure),
    ...scalingOf(azure),
    ...contentOf(azure),
    ...avdWritesOf(azure),
  }
}

type Azure = Pick<AzureClients, 'avd' | 'calls'>

function poolsOf({
  avd,
  calls,
}: Azure): Pick<Avd, 'hostPool' | 'setStartVmOnConnect' | 'sessionHosts' | 'setAllowNewSession' | 'applicationGroups'> {
  return {
    async hostPool(poolId) {
      const id = parseArmId(poolId)
      if (!id) return misnamed(poolId)
      const { hostPools } = avd(id.subscription)
      return readAs(
        await calls.one(() => hostPools.get(id.resourceGroup, id.name, asWritten)),
        'The host pool',
        hostPoolOf,
      )
    },
    async setStartVmOnConnect(poolId, enabled, fence) {
      const id = parseArmId(poolId)
      if (!id) return misnamed(poolId)
      const { hostPools } = avd(id.subscription)
      const change = { hostPool: { startVMOnConnect: enabled } }
      return done(await calls.write(fence, () => hostPools.update(id.resourceGroup, id.name, change)))
    },
    async sessionHosts(poolId, host) {
      const id = parseArmId(poolId)
      if (!id) return misnamed(poolId)
      const { sessionHosts } = avd(id.subscription)
      if (host !== undefined) {
        const read = await calls.one(() => sessionHosts.get(id.resourceGroup, id.name, host, asWritten))
        const one = readAs(read, 'A session host', sessionHostOf)
        return one.kind === 'ok' ? { kind: 'ok', value: [one.value] } : one
      }
      const pages = () => sessionHosts.list(id.resourceGroup, id.name, asWrittenPages).byPage()
      return listAs(calls, pages, 'A session host', sessionHostOf)
    },
    async setAllowNewSession(poolId, host, allow, fence) {
      const id = parseArmId(poolId)
      if (!id) return misnamed(poolId)
      const { sessionHosts } = avd(id.subscription)
      const change = { sessionHost: { allowNewSession: allow } }
      return done(await calls.write(fence, () => sessionHosts.update(id.resourceGroup, id.name, host, change)))
    },
    async applicationGroups(subscription, resourceGroup) {
      const { applicationGroups } = avd(subscription)
      const pages = () => applicationGroups.listByResourceGroup(resourceGroup, asWrittenPages).byPage()
      return readAllAs(await calls.all(pages), 'An application group', applicationGroupOf)
    },
  }
}

function registrationOf({ avd, calls }: Azure): Pick<Avd, 'removeSessionHost' | 'newRegistrationToken'> {
  return {
    async removeSessionHost(poolId, host, fence) {
      const id = parseArmId(poolId)
      if (!id) return misnamed(poolId)
      const { sessionHosts } = avd(id.subscription)
      return gone(await calls.write(fence, () => sessionHosts.delete(id.resourceGroup, id.name, host)))
    },
    async newRegistrationToken(poolId, expiresAt, fence) {
      const id = parseArmId(poolId)
      if (!id) return misnamed(poolId)
      const { hostPools } = avd(id.subscription)
      const registrationInfo = { expirationTime: new Date(expiresAt), registrationTokenOperation: 'Update' }
      const change = { hostPool: { registrationInfo } }
      const made = await calls.write(fence, () => hostPools.update(id.resourceGroup, id.name, change))
      if (made.kind !== 'ok') return made
      // Its own answer does not have the token (api-version 2024-04-03).
      const read = await calls.write(fence, () => hostPools.retrieveRegistrationToken(id.resourceGroup, id.name))
      if (read.kind !== 'ok') return read
      const token = text(record(jsonOf(read.value)?.value)?.token)
      if (token !== undefined) return { kind: 'ok', value: token }
      return refused({ code: 'unreadable', message: 'The registration token did not come', retryable: true })
    },
  }
}

function sessionsOf({ avd, calls }: Azure): Pick<Avd, 'userSessions' | 'sendMessage' | 'signOut'> {
  return {
    async userSessions(poolId, host) {
      const id = parseArmId(poolId)
      if (!id) return misnamed(poolId)
      const { userSessions } = avd(id.subscription)
      const pages = () =>
        host === undefined
          ? userSessions.listByHostPool(id.resourceGroup, id.name, asWrittenPages).byPage()
          : userSessions.list(id.resourceGroup, id.name, host, asWrittenPages).byPage()
      return listAs(calls, pages, 'A user session', userSessionOf)
    },
    async sendMessage(sessionId, title, body, fence) {
      const id = sessionIdOf(sessionId)
      if (!id) return misnamed(sessionId)
      const { userSessions } = avd(id.subscription)
      const message = { sendMessage: { messageTitle: title, messageBody: body } }
      const send = () => userSessions.sendMessage(id.resourceGroup, id.pool, id.host, id.session, message)
      return done(await calls.write(fence, send))
    },
    async signOut(sessionId, fence) {
      const id = sessionIdOf(sessionId)
      if (!id) return misnamed(sessionId)
      const { userSessions } = avd(id.subscription)
      const send = () => userSessions.delete(id.resourceGroup, id.pool, id.host, id.session, { force: true })
      return gone(await calls.write(fence, send))
    },
  }
}

function scalingOf({ avd, calls }: Azure): Pick<Avd, 'scalingPlans' | 'setScalingPlanEnabled'> {
  return {
    async scalingPlans(poolId) {
      const id = parseArmId(poolId)
      if (!id) return misnamed(poolId)
      const { scalingPlans } = avd(id.subscription)
      const pages = () => scalingPlans.listByHostPool(id.resourceGroup, id.name, asWrittenPages).byPage()
      return readAllAs(await calls.all(pages), 'A scaling plan', scalingPlanOf)
    },
    async setScalingPlanEnabled(plan, poolId, enabled, fence) {
      const id = parseArmId(plan.id)
      if (!id) return misnamed(plan.id)
      const { scalingPlans } = avd(id.subscription)
      // The list of pools is replaced as a whole: it is read right before, so that what others changed since stays.
      const read = await calls.one(() => scalingPlans.get(id.resourceGroup, id.name, asWritten))
      const current = readAs(read, 'The scaling plan', scalingPlanOf)
      if (current.kind !== 'ok') return current
      return setEnabled(current.value, poolId, enabled, (hostPoolReferences) =>
        calls.write(fence, () =>
          scalingPlans.update(id.resourceGroup, id.name, { scalingPlan: { hostPoolReferences } }),
        ),
      )
    },
  }
}

async function setEnabled(
  plan: ScalingPlan,
  poolId: string,
  enabled: boolean,
  replace: (references: { hostPoolArmPath: string; scalingPlanEnabled: boolean }[]) => Promise<Answer<unknown>>,
): Promise<Answer<void>> {
  const isAssigned = plan.pools.some((pool) => sameId(pool.hostPoolId, poolId))
  if (!isAssigned && !enabled) return { kind: 'ok', value: undefined }
  if (!isAssigned) {
    const message = `Scaling plan ${plan.name} is no longer assigned to the host pool`
    return refused({ code: 'notFound', message, retryable: false })
  }
  const references = plan.pools.map((pool) => ({
    hostPoolArmPath: pool.hostPoolId,
    scalingPlanEnabled: sameId(pool.hostPoolId, poolId) ? enabled : pool.enabled,
  }))
  return done(await replace(references))
}

function sessionIdOf(sessionId: string) {
  const id = parseArmId(sessionId)
  const [pool, host, session] = id?.names ?? []
  return id && pool && host && session ? { ...id, pool, host, session } : undefined
}
