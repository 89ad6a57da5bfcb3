import { describe, expect, test } from 'vitest'
import { standbyHostsOf, standbySideOf } from '../../../src/lib/keepalive/standby-hosts.ts'
import type { PairSeen } from '../../../src/lib/model/inventory.ts'
import { untouchedPair } from '../../../src/lib/model/pair-state.ts'
import { hostOf, personalSeen, planOf, pooledSeen, vmOf, withSide } from '../../support/plans.ts'

const [pooled, personal] = planOf().pairs
if (!pooled || !personal) throw new Error('the small plan has two pairs')
const moved = { ...untouchedPair, activeSide: 'secondary' as const }
const namesOf = (seen: PairSeen | undefined, state = untouchedPair) =>
  standbyHostsOf(pooled, state, seen).hosts.map(({ side, host }) => `${side} ${host}`)

describe('standby hosts', () => {
  test('are those of the pooled side where nobody works', () => {
    expect(namesOf(pooledSeen)).toEqual(['vm-w1', 'vm-w2', 'vm-w3', 'vm-w4'].map((name) => `secondary ${name}`))
    expect(namesOf(pooledSeen, moved)).toEqual(['vm-s1', 'vm-s2', 'vm-s3', 'vm-s4'].map((name) => `primary ${name}`))
  })

  test('are none of a personal pair: Site Recovery makes its machines when they are needed', () => {
    expect(standbySideOf(personal, untouchedPair)).toBeUndefined()
    expect(standbyHostsOf(personal, untouchedPair, personalSeen)).toEqual({ hosts: [], unread: [] })
  })

  test('have their name in lower case and their virtual machine, or the reason why there is none', () => {
    const sessionHosts = ['VM-W1.contoso.local', 'vm-w2', 'vm-w3'].map((name) => hostOf('hp-w', 'rg-w', name))
    const vms = [vmOf('rg-w', 'vm-w1', 'ukwest'), vmOf('rg-w', 'vm-w2', 'ukwest'), vmOf('rg-x', 'vm-w2', 'ukwest')]
    const twins = sessionHosts.map(({ vmId: _, ...host }) => host)
    const { hosts } = standbyHostsOf(
      pooled,
      untouchedPair,
      withSide(pooledSeen, 'secondary', { sessionHosts: twins, vms }),
    )
    expect(hosts.map(({ host, vm }) => [host, typeof vm === 'string' ? vm : vm.name])).toEqual([
      ['vm-w1.contoso.local', 'vm-w1'],
      ['vm-w2', 'ambiguous'],
      ['vm-w3', 'none'],
    ])
  })

  test('that could not be read are said to be unread, never none', () => {
    const gap = (what: string) => ({ what, reason: 'throttled: later (as last seen 2026-03-14T20:00:00Z)' })
    const seen = withSide(pooledSeen, 'secondary', { gaps: [gap('vms'), gap('quotas')] })
    expect(standbyHostsOf(pooled, untouchedPair, seen).unread).toEqual([
      'secondary vms: throttled: later (as last seen 2026-03-14T20:00:00Z)',
    ])
    expect(standbyHostsOf(pooled, moved, seen).unread).toEqual([])
    expect(standbyHostsOf(pooled, untouchedPair, undefined).unread).toEqual([
      'secondary: the inventory has not seen this pair yet',
    ])
  })
})
