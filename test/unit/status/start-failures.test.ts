import { describe, expect, test } from 'vitest'
import { startFailuresOf } from '../../../src/lib/status/start-failures.ts'
import { clockOf, newYear, standbyHost } from '../../support/keep-alive-years.ts'

const failure = (at: number, code: string, zone?: string) => ({
  at,
  code,
  size: 'Standard_D4s_v5',
  ...(zone && { zone }),
})

describe('starts that failed', () => {
  test('are counted by size, zone and code, the most frequent first', () => {
    const clocks = [
      clockOf(standbyHost(1), {
        startFailures: [
          failure(newYear, 'ZonalAllocationFailed', '2'),
          failure(newYear + 5, 'ZonalAllocationFailed', '2'),
        ],
      }),
      clockOf(standbyHost(2), {
        startFailures: [failure(newYear + 2, 'ZonalAllocationFailed', '2'), failure(newYear + 9, 'QuotaExceeded')],
      }),
      clockOf(standbyHost(3), { startFailures: [failure(newYear + 1, 'ZonalAllocationFailed', '3')] }),
    ]
    expect(startFailuresOf(clocks)).toEqual([
      { size: 'Standard_D4s_v5', zone: '2', code: 'ZonalAllocationFailed', count: 3, hosts: 2, lastAt: newYear + 5 },
      { size: 'Standard_D4s_v5', code: 'QuotaExceeded', count: 1, hosts: 1, lastAt: newYear + 9 },
      { size: 'Standard_D4s_v5', zone: '3', code: 'ZonalAllocationFailed', count: 1, hosts: 1, lastAt: newYear + 1 },
    ])
  })

  test('are none where all went well', () => {
    expect(startFailuresOf([clockOf(standbyHost(1))])).toEqual([])
  })
})
