import { describe, expect, it } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import { capacityProofs } from '../../../src/lib/readiness/capacity-proof.ts'
import { itemOf, now, personalSeen, pooledSeen, vmOf, withSide } from '../../support/plans.ts'

const clockOf = (host: string, traits: Partial<HostClock> = {}): HostClock => ({
  pairId: 'pooled',
  side: 'secondary',
  host,
  firstSeen: 0,
  startFailures: [],
  left: [],
  ...traits,
})
const size = 'Standard_D4s_v5'
const seen = withSide(pooledSeen, 'secondary', {
  vms: [
    vmOf('rg-w', 'vm-w1', 'ukwest', { zone: '1' }),
    vmOf('rg-w', 'vm-w2', 'ukwest', { zone: '1', power: 'running' }),
    vmOf('rg-w', 'vm-w3', 'ukwest', { zone: '2' }),
    vmOf('rg-w', 'other', 'ukwest', { size: 'Standard_E8s_v5' }),
  ],
})

describe('what is known of room', () => {
  it('is told by size and zone of the hosts: how many, and how many run', () => {
    expect(capacityProofs(seen, 'secondary', [])).toEqual([
      { size, zone: '1', machines: 2, running: 1 },
      { size, zone: '2', machines: 1, running: 0 },
    ])
  })

  it('is the newest start that went through, of the size and zone the machine had then', () => {
    const clocks = [
      clockOf('vm-w1', { lastStart: { at: now - hours(48), size, zone: '1' } }),
      clockOf('vm-w2', { lastStart: { at: now - hours(24), size: size.toUpperCase(), zone: '1' } }),
      clockOf('vm-w3', { lastStart: { at: now - hours(1), size: 'Standard_E8s_v5', zone: '2' } }),
    ]
    expect(capacityProofs(seen, 'secondary', clocks).map(({ lastStart }) => lastStart)).toEqual([
      { at: now - hours(24), host: 'vm-w2' },
      undefined,
    ])
  })

  it('has the newest refusal beside it', () => {
    const refused = (at: number, code: string) => ({ at, code, size, zone: '2' })
    const clocks = [
      clockOf('vm-w3', { startFailures: [refused(1, 'ZonalAllocationFailed'), refused(2, 'AllocationFailed')] }),
    ]
    expect(capacityProofs(seen, 'secondary', clocks)[1]?.lastRefusal).toEqual({ at: 2, code: 'AllocationFailed' })
  })

  it('does not count what was started on the other side', () => {
    const clocks = [clockOf('vm-w1', { side: 'primary', lastStart: { at: now, size, zone: '1' } })]
    expect(capacityProofs(seen, 'secondary', clocks)[0]).not.toHaveProperty('lastStart')
  })

  it('of desktops is about the machines that replication would make', () => {
    const replicatedItems = ['pc-1', 'pc-2'].map((name) => itemOf(name, { targetSize: 'Standard_D2s_v5' }))
    expect(capacityProofs({ ...personalSeen, replicatedItems }, 'secondary', [])).toEqual([
      { size: 'Standard_D2s_v5', machines: 2, running: 0 },
    ])
  })
})
