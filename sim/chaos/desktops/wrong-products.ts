/** Products that do more, less or something else for a desktop that was failed over. The nights of desktops must notice each. */
import type { ExtensionsSeen, Inventory, PairSeen } from '../../../src/lib/model/inventory.ts'
import type { Step } from '../../../src/lib/ports/steps.ts'
import type { Plant } from '../plants.ts'

/** Installs each extension once more when it has been accepted. */
export const putsTwice: Plant = (world) => {
  const { extensions } = world.gateways
  const put: typeof extensions.put = async (vm, extension, fence) => {
    await extensions.put(vm, extension, fence)
    return extensions.put(vm, extension, fence)
  }
  return { ...world, gateways: { ...world.gateways, extensions: { ...extensions, put } } }
}

export const reprotectsTwice: Plant = (world) => {
  const { siteRecovery } = world.gateways
  const reprotect: typeof siteRecovery.reprotect = async (item, options, fence) => {
    await siteRecovery.reprotect(item, options, fence)
    return siteRecovery.reprotect(item, options, fence)
  }
  return { ...world, gateways: { ...world.gateways, siteRecovery: { ...siteRecovery, reprotect } } }
}

/** Takes what it sees on a machine that was failed over, which is nothing, for what it is to have. */
export const believesTheNewMachine: Plant = (world) => ({
  ...world,
  inventory: {
    ...world.inventory,
    put: (name, text) => world.inventory.put(name, JSON.stringify(withoutBaselines(JSON.parse(text) as Inventory))),
  },
})

const withoutBaselines = (inventory: Inventory): Inventory => ({
  ...inventory,
  pairs: Object.fromEntries(Object.entries(inventory.pairs).map(([id, pair]) => [id, forgetful(pair)])),
})

function forgetful(pair: PairSeen): PairSeen {
  const { extensions, replicatedItems = [] } = pair
  if (!extensions) return pair
  const moved = new Set(
    replicatedItems.flatMap(({ protectionState, vmName }) =>
      /failover|commit/i.test(protectionState) ? [vmName?.toLowerCase()] : [],
    ),
  )
  const nothing = extensions.sets.length
  const baselines: ExtensionsSeen['baselines'] = Object.fromEntries(
    Object.entries(extensions.baselines).map(([name, baseline]) => [
      name,
      moved.has(name) ? { ...baseline, set: nothing } : baseline,
    ]),
  )
  const sets = [...extensions.sets, { extensions: [], associations: [] }]
  return { ...pair, extensions: { sets, baselines } }
}

/** Does not remember that waiting work was begun, and begins it once more. */
export const beginsAgain: Plant = (world) => ({
  ...world,
  followUps: {
    ...world.followUps,
    save({ operationId, ...followUp }, etag) {
      const kept = followUp.ended ? { ...followUp, ...(operationId !== undefined && { operationId }) } : followUp
      return world.followUps.save(kept, etag)
    },
  },
})

/** Commits whatever was failed over, alive or not. */
export const commitsTheDead: Plant = (world) => {
  const { commitFailover } = world.steps
  const step: Step = {
    ...commitFailover,
    look: (context) => commitFailover.look({ ...context, spec: { ...context.spec, kind: 'commit' } }),
  }
  return { ...world, steps: { ...world.steps, commitFailover: step } }
}
