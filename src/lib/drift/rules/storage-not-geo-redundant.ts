import { found, well } from '../outcome.ts'
import { eachAccount, namesStorage } from '../planned-storage.ts'
import type { Rule } from '../rule.ts'
import { multiRegion } from '../sources.ts'

export const storageNotGeoRedundant: Rule = {
  id: 'storage-not-geo-redundant',
  title: 'Profiles and packages do not rely on geo-redundant storage',
  severity: 'warning',
  blocks: 'never',
  compares: 'the redundancy of the accounts the plan names with GRS and GZRS, readable or not',
  why: 'The copy in the other region is of no use before somebody fails the account over: later than Cloud Cache has it, older, in a region that is not chosen, and under the load of everybody else.',
  source: multiRegion,
  howToFix:
    'Have an account of its own in each region: Cloud Cache copies profiles, you copy packages. Then take ZRS, or LRS.',
  appliesTo: namesStorage,
  check: (context) =>
    eachAccount(context, ({ name, sku }, { use, side }) =>
      /g(z)?rs/i.test(sku)
        ? found([{ subject: name, evidence: `${name} (${use} of the ${side} side) is ${sku}.` }])
        : well,
    ),
}
