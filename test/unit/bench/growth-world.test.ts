import { describe, expect, it } from 'vitest'
import { planned, widened } from '../../../bench/fan-out-world.ts'
import { runOperation } from '../../../bench/growth-world.ts'
import { createMeter } from '../../../bench/meter.ts'

describe('an operation over maps', () => {
  it('commits every desktop, one batch after the other', async () => {
    const { spec } = await planned()
    const run = await runOperation(widened(spec, 20, 5), createMeter())
    expect(run.committed).toBe(20)
    expect(run.length).toBeGreaterThan(3 * spec.limits.batchInterval)
    expect(run.transactions).toBeGreaterThan(20 * 100)
  })
})

describe('the meter', () => {
  it('leaves out what is done outside', () => {
    const meter = createMeter()
    meter.outside(() => burn(100))
    const before = meter.spent()
    burn(100)
    expect(before).toBeLessThan(0.05)
    expect(meter.spent()).toBeGreaterThan(0.05)
  })
})

/** Milliseconds of this thread's own. */
function burn(length: number): void {
  const until = process.threadCpuUsage().user + length * 1_000
  while (process.threadCpuUsage().user < until) Math.sqrt(until)
}
