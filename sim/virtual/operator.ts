/** A person at the desk: collects, previews, starts, controls, and afterwards asks the ledger. */
import type { Millis } from '../../src/lib/core/time.ts'
import { type Command, type Controlled, control } from '../../src/lib/execution/control.ts'
import { type HashedPreview, latestInventoryName, previewOperation } from '../../src/lib/execution/preview.ts'
import { type Report, reportOf } from '../../src/lib/execution/report.ts'
import { type Started, startOperation } from '../../src/lib/execution/start.ts'
import { collectInventory } from '../../src/lib/inventory/collect.ts'
import { keepLastSeen } from '../../src/lib/inventory/last-seen.ts'
import type { Inventory } from '../../src/lib/model/inventory.ts'
import type { OperationRequest } from '../../src/lib/plan/request.ts'
import type { OperationRecord, TaskRecord } from '../../src/lib/ports/operations.ts'
import type { FleetIds, SideIds } from '../fleets/fleet-ids.ts'
import { judge } from '../judge/judge.ts'
import type { JudgeOptions, Verdict } from '../judge/types.ts'
import type { Story } from './story.ts'

export type Operator = {
  /** Lets virtual time pass until the answer is there. */
  readonly ask: <T>(work: Promise<T>) => Promise<T>
  readonly collect: () => Promise<void>
  readonly preview: (request: Asked) => Promise<HashedPreview>
  readonly start: (hash: string) => Promise<Started>
  /** Preview and start in one go; throws when planning refuses. */
  readonly begin: (request: Asked) => Promise<string>
  readonly control: (id: string, command: Command) => Promise<Controlled>
  readonly operation: (id: string) => Promise<OperationRecord>
  readonly tasks: (id: string) => Promise<readonly TaskRecord[]>
  readonly report: (id: string) => Promise<Report>
  readonly pass: (length: Millis) => Promise<void>
  /** False when the limit came first. */
  readonly untilOver: (ids: readonly string[], limit: Millis) => Promise<boolean>
  readonly verdict: (options?: Partial<JudgeOptions>) => Verdict
}

export type Asked = Pick<OperationRequest, 'pairId'> & Partial<OperationRequest>

export function createOperator(story: Story, ids: FleetIds): Operator {
  const { region, desk } = story
  const { world } = desk
  const ask = async <T>(work: Promise<T>): Promise<T> => {
    let isSettled = false
    const settled = work.finally(() => {
      isSettled = true
    })
    settled.catch(() => undefined)
    await region.clock.run(() => isSettled)
    return settled
  }
  const operation = async (id: string) => {
    const stored = await ask(world.operations.load(id))
    if (!stored) throw new Error(`there is no operation ${id}`)
    return stored.value
  }
  const preview = (request: Asked) => ask(previewOperation(desk, requestOf(request)))
  const start = (hash: string) => ask(startOperation(desk, { hash, by: 'operator' }))
  const tasks = (id: string) => ask(world.operations.tasks(id))
  return {
    ask,
    async collect() {
      await ask(story.storage.refreshClock())
      const { plan } = story
      const text = await ask(world.inventory.get(latestInventoryName))
      const before = text === undefined ? undefined : (JSON.parse(text) as Inventory)
      const now = region.clock.now()
      const seen = await ask(collectInventory({ gateways: world.gateways, plan, now, before }))
      const inventory = before === undefined ? seen : keepLastSeen(before, seen, plan)
      await ask(world.inventory.put(latestInventoryName, JSON.stringify(inventory)))
    },
    preview,
    start,
    async begin(request) {
      const { hash, refusals } = await preview(request)
      if (!hash) throw new Error(`planning refuses: ${refusals.map(({ message }) => message).join('; ')}`)
      const started = await start(hash)
      if (started.kind === 'refused') throw new Error(`not started: ${started.message}`)
      return started.operationId
    },
    control: (id, command) => ask(control(desk, id, command, 'operator')),
    operation,
    tasks,
    async report(id) {
      const record = await operation(id)
      const { spec } = await ask(desk.specOf(record.specHash))
      return reportOf(spec, record, await tasks(id))
    },
    pass: (length) => region.clock.run(region.clock.now() + length),
    untilOver: (operations, limit) =>
      story.until(async () => {
        const stored = await Promise.all(operations.map((id) => world.operations.load(id)))
        return stored.every((kept) => kept?.value.state.status === 'over')
      }, limit),
    verdict: (options = {}) => {
      region.sim.agenda.settle()
      return judge(region.sim.ledger.events(), region.before, { ...judgedPairs(story, ids), ...options })
    },
  }
}

const requestOf = (request: Asked): OperationRequest => ({
  kind: 'failover',
  primaryIsDown: false,
  acceptOut: [],
  grantWithoutSignOutProof: false,
  ...request,
})

function judgedPairs({ plan }: Story, ids: FleetIds): JudgeOptions {
  const side = ({ hostPool, applicationGroups }: SideIds) => ({ hostPools: [hostPool], applicationGroups })
  const pooled = plan.pairs.filter(({ strategy }) => strategy === 'pooledStandby')
  return {
    pairs: pooled.map(({ id, strategy }) => ({
      id,
      strategy,
      primary: side(ids.pooled.primary),
      secondary: side(ids.pooled.secondary),
      mapping: Object.fromEntries(
        ids.pooled.primary.applicationGroups.map((group, i) => [
          group,
          ids.pooled.secondary.applicationGroups[i] ?? '',
        ]),
      ),
    })),
    batchSize: plan.limits.batchSize,
    batchInterval: plan.limits.batchInterval,
  }
}
