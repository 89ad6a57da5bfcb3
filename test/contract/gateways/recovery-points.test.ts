import { describe, expect, test } from 'vitest'
import { endpoint, scripted, subscription } from './support.ts'

const vault = `/subscriptions/${subscription}/resourceGroups/rg-vault/providers/Microsoft.RecoveryServices/vaults/dr-vault`
const item = `${vault}/replicationFabrics/uksouth/replicationProtectionContainers/uksouth-container/replicationProtectedItems/YtSLUmr1siw`

describe('recovery points', () => {
  const point = (name: string, properties: object) => ({ id: `${item}/recoveryPoints/${name}`, name, properties })
  const pointsOf = async (...value: unknown[]) => {
    const { gateways, sent } = scripted(() => ({ status: 200, body: { value, nextLink: null } }))
    return { answer: await gateways.siteRecovery.recoveryPoints(item), sent }
  }

  test('are those of one item, with their time and kind', async () => {
    const told = { recoveryPointTime: '2026-03-14T20:55:00Z', recoveryPointType: 'CrashConsistent' }
    const { answer, sent } = await pointsOf(point('p1', told))
    const value = [{ id: `${item}/recoveryPoints/p1`, time: Date.UTC(2026, 2, 14, 20, 55), kind: 'CrashConsistent' }]
    expect(answer).toEqual({ kind: 'ok', value })
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${endpoint}${item}/recoveryPoints?api-version=2023-06-01`,
    ])
  })

  test.each([
    ['without a time', point('p2', { recoveryPointType: 'CrashConsistent' })],
    ['with a time nobody can read', point('p2', { recoveryPointTime: 'yesterday' })],
    ['without an id', { properties: { recoveryPointTime: '2026-03-14T20:55:00Z' } }],
    ['that are nothing', null],
  ])('%s are left out', async (_, odd) => {
    const good = point('p1', { recoveryPointTime: '2026-03-14T20:50:00Z' })
    expect((await pointsOf(odd, good)).answer).toMatchObject({ kind: 'ok', value: [{ kind: 'Unknown' }] })
  })

  test('of an id that is not an item are not asked for', async () => {
    const { gateways, sent } = scripted(() => ({ status: 200, body: { value: [] } }))
    expect(await gateways.siteRecovery.recoveryPoints(vault)).toMatchObject({ kind: 'refused' })
    expect(sent).toHaveLength(0)
  })
})
