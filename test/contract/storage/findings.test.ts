import { describe, expect, it } from 'vitest'
import type { EvaluationRecord, FindingRecord } from '../../../src/lib/ports/findings.ts'
import { createFindingStore } from '../../../src/lib/storage/finding-store.ts'
import { recordOf } from '../../support/findings.ts'
import { storageWorlds } from '../../support/storage-worlds.ts'

const evaluation: EvaluationRecord = {
  pairId: 'pooled',
  evaluated: {
    at: 1_800_000_000_000,
    takenAt: 1_799_999_900_000,
    well: 50,
    open: { critical: 1, warning: 2, advice: 0 },
    waived: 1,
    unchecked: [{ rule: 'own-rights', count: 2, some: [{ subject: '', reason: 'not read' }] }],
  },
  untold: { at: 1_800_000_000_000, message: { v: 1, event: 'findings', opened: [{ subject: 'vm-1' }] } },
}

const rich = recordOf('Secondary/VM-1', {
  fix: { kind: 'drainHost', side: 'secondary', host: 'vm-1' },
  status: 'waived',
  waiver: { reason: 'until the new image', by: 'ops', until: '2026-12-31' },
  unchecked: { since: 1, reason: 'no answer' },
  reopened: 3,
})
const long = recordOf(`/subscriptions/${'a/'.repeat(600)}é'"#?%`)

const silent = () => {}
const bySubject = (findings: readonly FindingRecord[]) => findings.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))

describe.each(storageWorlds())('findings on $name', ({ open }) => {
  const openStore = async () => {
    const { storage, fates } = await open()
    return { table: storage.table('findings'), store: createFindingStore(storage.table('findings')), fates }
  }

  it('are none of a pair that was never evaluated', async () => {
    const { store } = await openStore()
    expect(await store.load('pooled', silent)).toEqual({
      evaluation: { pairId: 'pooled' },
      etag: undefined,
      findings: [],
    })
    expect(await store.evaluation('pooled')).toBeUndefined()
  })

  it('come back as they were saved, with their evaluation, and each pair by itself', async () => {
    const { store } = await openStore()
    const etag = await store.save(evaluation, undefined, [rich, long])
    await store.save({ pairId: 'elsewhere' }, undefined, [recordOf('vm-9', { pairId: 'elsewhere' })])
    const loaded = await store.load('pooled', (error) => {
      throw error
    })
    expect(loaded).toEqual({ evaluation, etag, findings: expect.anything() })
    expect(bySubject(loaded.findings)).toEqual(bySubject([rich, long]))
    expect(await store.evaluation('pooled')).toEqual({ value: evaluation, etag })
  })

  it('are saved by whoever evaluated last, and of the other one nothing is', async () => {
    const { store } = await openStore()
    const first = await store.save(evaluation, undefined, [rich])
    expect(await store.save(evaluation, undefined, [long])).toBeUndefined()
    const second = await store.save({ pairId: 'pooled' }, first, [{ ...rich, reopened: 4 }])
    expect(second).toBeTypeOf('string')
    expect(await store.save(evaluation, first, [{ ...rich, reopened: 9 }, long])).toBeUndefined()
    expect(await store.load('pooled', silent)).toEqual({
      evaluation: { pairId: 'pooled' },
      etag: second,
      findings: [{ ...rich, reopened: 4 }],
    })
  })

  it('are saved although the answer got lost', async () => {
    const { store, fates } = await openStore()
    const first = await store.save({ pairId: 'pooled' }, undefined, [])
    fates.push('after')
    const second = await store.save(evaluation, first, [rich])
    expect(await store.load('pooled', silent)).toEqual({ evaluation, etag: second, findings: [rich] })
  })

  it('may be hundreds, and large', async () => {
    const { store } = await openStore()
    const many = Array.from({ length: 250 }, (_, n) => recordOf(`vm-${n}`))
    const etag = await store.save(evaluation, undefined, many)
    expect(bySubject((await store.load('pooled', silent)).findings)).toEqual(bySubject(many))
    const settings = { customRdpProperty: 'ö'.repeat(20_000) }
    const wide = many.slice(0, 30).map((one) => ({
      ...one,
      fix: { kind: 'copyApplication' as const, side: 'secondary' as const, groupId: 'g', name: 'n', settings },
    }))
    const next = await store.save(evaluation, etag, wide)
    expect(next).toBeTypeOf('string')
    expect((await store.load('pooled', silent)).findings.filter(({ fix }) => fix)).toHaveLength(30)
  })

  it('of which a part is written are left to whoever comes in between', async () => {
    const { store, table } = await openStore()
    let parts = 0
    const interrupted = createFindingStore({
      ...table,
      async transact(pk, changes) {
        if (++parts === 2) await store.save({ pairId: 'pooled' }, (await store.evaluation('pooled'))?.etag, [])
        return table.transact(pk, changes)
      },
    })
    const many = Array.from({ length: 250 }, (_, n) => recordOf(`vm-${n}`))
    expect(await interrupted.save(evaluation, undefined, many)).toBeUndefined()
    const { evaluation: theirs, findings } = await store.load('pooled', silent)
    expect([parts, theirs, findings.length]).toEqual([2, { pairId: 'pooled' }, 99])
  })

  it('are forgotten one by one', async () => {
    const { store } = await openStore()
    await store.save(evaluation, undefined, [rich, long])
    await store.forget('pooled', [rich.fingerprint, 'same-image:never-there'])
    expect((await store.load('pooled', silent)).findings).toEqual([long])
  })

  it('that are damaged are named and do not hide the rest; a damaged evaluation is not believed', async () => {
    const { store, table } = await openStore()
    await store.save(evaluation, undefined, [rich])
    await table.insert({ pk: 'pooled', rk: 'finding-bad', value: { ...rich, status: 'gone' } as never })
    const told: string[] = []
    const loaded = await store.load('pooled', ({ message }) => told.push(message))
    expect(loaded.findings).toEqual([rich])
    expect(told).toEqual([expect.stringMatching(/"finding-bad".*findings.*status/)])
    await table.insert({ pk: 'other', rk: 'evaluation', value: { pairId: 'other', skipped: 'yes' } })
    await expect(store.load('other', silent)).rejects.toThrow(/"evaluation".*findings.*skipped/)
    await expect(store.evaluation('other')).rejects.toThrow(/skipped/)
  })
})
