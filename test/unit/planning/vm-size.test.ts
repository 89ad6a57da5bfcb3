import { expect, it } from 'vitest'
import { coresOf, familyOf } from '../../../src/lib/planning/vm-size.ts'

it.each<[string, number | undefined, string]>([
  ['Standard_D4s_v5', 4, 'standardDSv5Family'],
  ['standard_d4ads_v5', 4, 'standardDADSv5Family'],
  ['Standard_E16_v4', 16, 'standardEv4Family'],
  ['Standard_B2ms', 2, 'standardBMSFamily'],
  ['Standard_E8-4ds_v4', 8, 'standardEDSv4Family'],
  ['Standard_NV36ads_A10_v5', 36, 'standardNVADSv5Family'],
  ['Standard_DS3_v2', 4, 'standardDSv2Family'],
  ['Standard_D11', 2, 'standardDFamily'],
  ['Standard_M8-2ms_v2', 8, 'standardMMSv2Family'],
  ['Standard_E96-24ads_v5', 96, 'standardEADSv5Family'],
  ['Standard_NC24ads_A100_v4', 24, 'standardNCADSv4Family'],
  ['Standard_D64s_v12', 64, 'standardDSv12Family'],
  ['My_Standard_D4s_v5', undefined, 'standardFamily'],
  ['Standard_D4s_v5_Promo!', undefined, 'standardFamily'],
  ['My_Standard_DS3_v2', undefined, 'standardFamily'],
  ['Odd', undefined, 'standardFamily'],
  ['', undefined, 'standardFamily'],
])('%s has %s cores of the quota %s', (size, cores, family) => {
  expect([coresOf(size), familyOf(size)]).toEqual([cores, family])
})
