import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { doubtUntilOf } from '../../../src/lib/execution/doubt.ts'
import type { Subject } from '../../../src/lib/machine/spec.ts'
import { begunAt, hostSpec, openEngine, putOperation } from '../../support/engine-world.ts'
import { desktop, hostSubject, ids, move } from '../../support/step-things.ts'

const trustFrom = begunAt + minutes(1)
const other: Subject = { ...hostSubject, key: 'avd-2', vmId: `${ids.newVm}-2` } as Subject

async function open() {
  const opened = openEngine()
  const loser = await putOperation(opened, { kind: 'keepAlive' })
  const winner = await putOperation(opened, { id: 'op-2', spec: hostSpec({ planName: 'other' }), holds: false })
  const record = { ...winner, trustFrom, takenFrom: loser.specHash }
  return {
    ...opened,
    of: (subject: Subject, parts = {}) => doubtUntilOf(opened.engine, { ...record, ...parts }, subject),
  }
}

describe('doubt after a takeover', () => {
  it('is about the machines of the loser, whatever the letter case of their ids', async () => {
    const { of } = await open()
    expect(await of(hostSubject)).toBe(trustFrom)
    expect(await of({ ...hostSubject, vmId: ids.newVm.toUpperCase() } as Subject)).toBe(trustFrom)
    expect(await of({ ...desktop, sourceVmId: ids.newVm })).toBe(trustFrom)
  })

  it('is not about others, nor about what is no machine', async () => {
    const { of } = await open()
    for (const subject of [other, move('a'), { kind: 'pair', key: 'pair' } as const])
      expect(await of(subject)).toBeUndefined()
  })

  it('is about every machine where nobody knows what the loser did', async () => {
    const { of } = await open()
    expect(await of(other, { takenFrom: undefined })).toBe(trustFrom)
  })

  it('is not about what is no machine, later on either', async () => {
    const { of, pass } = await open()
    pass(minutes(1))
    for (const subject of [move('a'), { kind: 'pair', key: 'pair' } as const]) expect(await of(subject)).toBeUndefined()
  })

  it('is about a desktop of which one machine alone was the loser’s', async () => {
    const { of } = await open()
    expect(await of({ ...desktop, targetVmId: `${ids.newVm}-2`, sourceVmId: ids.newVm })).toBe(trustFrom)
    expect(await of({ ...desktop, targetVmId: `${ids.newVm}-2`, sourceVmId: `${ids.newVm}-3` })).toBeUndefined()
  })

  it('is a matter of newer listings alone once its time is over', async () => {
    const { of, pass } = await open()
    pass(minutes(1))
    expect(await of(other)).toBe(trustFrom)
  })

  it('is nobody’s business where nothing was taken over', async () => {
    const { of } = await open()
    expect(await of(hostSubject, { trustFrom: undefined })).toBeUndefined()
  })
})
