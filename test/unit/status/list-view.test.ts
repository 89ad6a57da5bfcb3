import { describe, expect, it } from 'vitest'
import { viewOperations } from '../../../src/lib/status/list-view.ts'
import { begunAt, hostSpec, openEngine, putOperation } from '../../support/engine-world.ts'

async function open(...reports: readonly (readonly [name: string, endedAt: number])[]) {
  const opened = openEngine()
  for (const [name, endedAt] of reports) {
    const [kind = ''] = name.split('-')
    const report = { operationId: name, kind, pairId: 'pair', outcome: 'succeeded', endedAt }
    await opened.world.reports.put(`${name}.json`, JSON.stringify(report))
  }
  return opened
}

describe('the list of operations', () => {
  it('has those that are not concluded, wake-ups as well', async () => {
    const opened = await open()
    await putOperation(opened, { id: 'keepAlive-pair-1', spec: hostSpec({ kind: 'keepAlive' }) })
    const { active } = await viewOperations(opened)
    expect(active).toMatchObject([{ id: 'keepAlive-pair-1', kind: 'keepAlive', status: 'running' }])
  })

  it('has the newest reports first, of every kind that somebody asks for', async () => {
    const opened = await open(
      ['failover-a-1', begunAt],
      ['failback-a-2', begunAt + 2_000],
      ['failover-b-3', begunAt + 1_000],
    )
    const { reports, reportsInAll } = await viewOperations(opened)
    expect(reports.map(({ id }) => id)).toEqual(['failback-a-2', 'failover-b-3', 'failover-a-1'])
    expect(reportsInAll).toBe(3)
  })

  it('is not filled up by wake-ups', async () => {
    const many = Array.from({ length: 250 }, (_, i) => [`keepAlive-a-${i}`, begunAt + i] as const)
    const { reports, reportsInAll } = await viewOperations(await open(['failover-a-1', begunAt - 1], ...many))
    expect(reports.map(({ id }) => id)).toEqual(['failover-a-1'])
    expect(reportsInAll).toBe(1)
  })

  it('leaves out a report that cannot be read', async () => {
    const opened = await open(['failover-a-1', begunAt])
    await opened.world.reports.put('failover-a-0.json', '{')
    expect((await viewOperations(opened)).reports.map(({ id }) => id)).toEqual(['failover-a-1'])
  })
})
