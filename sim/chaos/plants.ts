/** The opposites of the engine's rules. Each is planted once, and the chaos suite must notice. */
import { seconds } from '../../src/lib/core/time.ts'
import type { Fence, Gateways } from '../../src/lib/ports/gateways.ts'
import type { Step } from '../../src/lib/ports/steps.ts'
import type { Json } from '../../src/lib/ports/storage.ts'
import type { World } from '../../src/lib/ports/world.ts'

export type Plant = (world: World) => World

/** Rule 6 broken: a save goes through whoever saved in between. */
export const withoutIfMatch: Plant = (world) => ({
  ...world,
  operations: {
    ...world.operations,
    async saveTask(id, task, etag, event) {
      const current = await world.operations.loadTask(id, task.stage, task.key)
      return world.operations.saveTask(id, task, current?.etag ?? etag, event)
    },
  },
})

/** Looks as often as it can: harmless by itself, and what makes a missing settle time show. */
export const impatient: Plant = (world) =>
  withSteps(world, (step) => ({
    ...step,
    limits: { ...step.limits, pollEvery: seconds(1), firstLookAfter: seconds(1) },
  }))

/** Rule 13 broken: what does not show yet is taken for not begun. */
export const withoutSettle: Plant = (world) =>
  withSteps(impatient(world), (step) => ({ ...step, limits: { ...step.limits, settle: 0, maxAttempts: 5 } }))

/** Rule 13 broken: a begin is sent however long after its save. */
export const withoutFence: Plant = (world) => {
  const never: Fence = { notAfter: Number.MAX_SAFE_INTEGER }
  const { avd, compute, room, extensions, deployments, siteRecovery, access, estate } = world.gateways
  const gateways: Gateways = {
    avd: {
      ...avd,
      setAllowNewSession: (pool, host, allow) => avd.setAllowNewSession(pool, host, allow, never),
      signOut: (session) => avd.signOut(session, never),
    },
    compute: {
      ...compute,
      start: (vm) => compute.start(vm, never),
      deallocate: (vm) => compute.deallocate(vm, never),
    },
    room,
    extensions: {
      ...extensions,
      put: (vm, extension) => extensions.put(vm, extension, never),
      remove: (vm, name) => extensions.remove(vm, name, never),
      associate: (vm, association) => extensions.associate(vm, association, never),
    },
    deployments,
    siteRecovery: {
      ...siteRecovery,
      failover: (item, options) => siteRecovery.failover(item, options, never),
      failoverPlan: (plan, options) => siteRecovery.failoverPlan(plan, options, never),
      commit: (item) => siteRecovery.commit(item, never),
      changeRecoveryPoint: (item, point) => siteRecovery.changeRecoveryPoint(item, point, never),
      reprotect: (item, options) => siteRecovery.reprotect(item, options, never),
    },
    access: {
      ...access,
      grant: (assignment) => access.grant(assignment, never),
      revoke: (assignment) => access.revoke(assignment, never),
    },
    estate,
  }
  return { ...world, gateways }
}

/** The order of a tick turned round: the row is saved first, the next tick sent after it. */
export const saveBeforeSend: Plant = (world) => {
  const waiting = new Map<string, () => Promise<void>>()
  const keyOf = (id: string, stage: Json | undefined, key: Json | undefined) => `${id}/${stage}/${key}`
  return {
    ...world,
    taskTicks: {
      async send(message, delay) {
        const isChain = typeof message.tick === 'number' && message.tick > 0
        if (!isChain) return world.taskTicks.send(message, delay)
        const key = keyOf(String(message.operationId), message.stage, message.key)
        waiting.set(key, () => world.taskTicks.send(message, delay))
      },
    },
    operations: {
      ...world.operations,
      async saveTask(id, task, etag, event) {
        const saved = await world.operations.saveTask(id, task, etag, event)
        const key = keyOf(id, task.stage, task.key)
        const send = waiting.get(key)
        waiting.delete(key)
        await send?.()
        return saved
      },
    },
  }
}

/** The barrier gone: a revoke counts once it was asked for, and a grant does not look at the side that is left. */
export const withoutBarrier: Plant = (world) => {
  const { revokeAccess, grantAccess } = world.steps
  const revoke: Step = {
    ...revokeAccess,
    async look(context) {
      if (context.attempt === 0) return revokeAccess.look(context)
      return { seen: { kind: 'done' }, readAt: context.now }
    },
  }
  const grant: Step = {
    ...grantAccess,
    async look({ subject, fleet, now }) {
      if (subject.kind !== 'assignment') throw new Error('a grant is about an assignment')
      const listed = await fleet.assignments(subject.grant.scope)
      if (listed.kind !== 'ok') return { seen: { kind: 'couldNotLook', fault: listed.fault }, readAt: now }
      const isThere = listed.value.value.some(({ principalId }) => principalId === subject.principalId)
      return { seen: { kind: isThere ? 'done' : 'notBegun' }, readAt: listed.value.startedAt }
    },
    async begin({ subject, gateways }, fence) {
      if (subject.kind !== 'assignment') throw new Error('a grant is about an assignment')
      const answer = await gateways.access.grant(subject.grant, fence)
      return answer.kind === 'ok' ? { kind: 'accepted' } : answer
    },
  }
  return { ...world, steps: { ...world.steps, revokeAccess: revoke, grantAccess: grant } }
}

function withSteps(world: World, change: (step: Step) => Step): World {
  const steps = Object.fromEntries(Object.entries(world.steps).map(([name, step]) => [name, change(step)]))
  return { ...world, steps: steps as World['steps'] }
}
