import { expect, test } from 'vitest'
import { latestInventoryName } from '../../../src/lib/execution/preview.ts'
import { type KeepAliveStart, startKeepAlive } from '../../../src/lib/execution/start-keep-alive.ts'
import { openEngine } from '../../support/engine-world.ts'
import { inventoryOf, now, planOf, planText } from '../../support/plans.ts'

const template =
  '/subscriptions/3b6f9d52-7c1e-4a85-9f20-5d8e6a4c1b70/resourceGroups/rg/providers/Microsoft.Resources/templateSpecs/host/versions/1'
const repair = { side: 'secondary', host: 'vm-w1' } as const

async function open(
  keepAlive: string,
  activeSide: 'primary' | 'secondary' = 'primary',
  what: Partial<KeepAliveStart> = { repair },
) {
  const { engine, world } = openEngine(undefined, now)
  const plan = planOf(
    planText.replace('strategy: pooledStandby', `strategy: pooledStandby\n    keepAlive: ${keepAlive}`),
  )
  await world.inventory.put(latestInventoryName, JSON.stringify(inventoryOf()))
  const { value, etag } = await world.pairs.load('pooled')
  await world.pairs.save({ ...value, activeSide }, etag)
  const order: KeepAliveStart = { pairId: 'pooled', wakes: [], putBack: [], ...what, by: 'timer' }
  return { engine, world, started: await startKeepAlive({ ...engine, plan }, order) }
}

const replace = `{ repair: replace, template: ${template} }`

test('a repair is an operation of one host, with the template of the plan', async () => {
  const { started, world, engine } = await open(replace)
  const record = started.kind === 'started' ? await world.operations.load(started.operationId) : undefined
  const { spec } = await engine.specOf(record?.value.specHash ?? '')
  expect(spec.keepAlive?.template).toBe(template)
  expect(spec.stages.map(({ name, tasks }) => [name, tasks.length])).toEqual([
    ['wake', 0],
    ['putBack', 0],
    ['repair', 1],
  ])
})

test.each(['{}', `{ template: ${template} }`, `{ repair: off, template: ${template} }`])(
  'a repair is refused where the plan replaces nobody: %s',
  async (keepAlive) => {
    expect((await open(keepAlive)).started).toMatchObject({
      kind: 'refused',
      code: 'off',
      message: 'The plan replaces no hosts of this pair',
    })
  },
)

test('a repair is refused on the side where users work', async () => {
  expect((await open(replace, 'secondary')).started).toMatchObject({ kind: 'refused', code: 'activeSide' })
})

test.each([
  ['the template of a plan that replaces', replace, { template }],
  ['no template where there is none', '{}', {}],
  ['no template that the plan does not use', `{ repair: off, template: ${template} }`, {}],
])('a wake-up has %s', async (_, keepAlive, expected) => {
  const wakes = [{ side: 'secondary', host: 'vm-w1' }] as const
  const { started, world, engine } = await open(keepAlive, 'primary', { wakes })
  const record = started.kind === 'started' ? await world.operations.load(started.operationId) : undefined
  const { spec } = await engine.specOf(record?.value.specHash ?? '')
  const limits = { stayOn: 7_200_000, maxOnTime: 28_800_000, patches: 'assess' }
  expect(spec.keepAlive).toEqual({ ...limits, ...expected })
})
