/** Planning without doing. What is stored here is what people approve: by its content hash. */
import type { Inventory } from '../model/inventory.ts'
import type { OperationRequest } from '../plan/request.ts'
import { contentOf } from '../planning/content.ts'
import { stepTimesOf } from '../planning/measured.ts'
import { planOperation } from '../planning/plan-operation.ts'
import type { Preview } from '../planning/preview.ts'
import type { Engine } from './engine.ts'
import { readDrift } from './read-drift.ts'
import { hashOf, specName } from './spec-cache.ts'

/** `hash` is there when nothing refuses. */
export type HashedPreview = Preview & { readonly hash?: string }

export const latestInventoryName = 'latest.json'

export async function previewOperation(engine: Engine, request: OperationRequest): Promise<HashedPreview> {
  const { content, ...preview } = await planNow(engine, request)
  if (content === undefined || preview.hash === undefined) return preview
  // The request last: where it is, the spec is too.
  await engine.world.specs.put(specName(preview.hash), content)
  await engine.world.specs.put(requestName(preview.hash), JSON.stringify(request))
  return preview
}

/** What planning says at this moment; nothing is stored. */
export async function planNow(
  engine: Engine,
  request: OperationRequest,
): Promise<HashedPreview & { readonly content?: string }> {
  const { world, plan } = engine
  const [inventory, { value: pairState }, pasts] = await Promise.all([
    readInventory(world.inventory),
    world.pairs.load(request.pairId),
    world.past.all(),
  ])
  const drift = await readDrift(engine, inventory, pairState, pasts, request.kind)
  const strategy = plan.pairs.find(({ id }) => id === request.pairId)?.strategy ?? ''
  const measured = stepTimesOf(pasts, request.pairId, strategy)
  const now = world.clock.now()
  const preview = planOperation({ plan, inventory, pairState, request, now, measured, ...(drift && { drift }) })
  if (!preview.spec) return preview
  const content = contentOf(preview.spec)
  return { ...preview, content, hash: hashOf(content) }
}

export const requestName = (hash: string): string => `${hash}.request.json`

/** What was asked for when this hash was previewed. */
export const requestOf = async ({ world }: Engine, hash: string): Promise<OperationRequest | undefined> => {
  const text = await world.specs.get(requestName(hash))
  return text === undefined ? undefined : (JSON.parse(text) as OperationRequest)
}

/** The last good inventory; one that was never taken is an inventory full of gaps. */
export async function readInventory(blobs: Engine['world']['inventory']): Promise<Inventory> {
  const text = await blobs.get(latestInventoryName)
  return text === undefined ? { v: 1, takenAt: 0, pairs: {} } : (JSON.parse(text) as Inventory)
}
