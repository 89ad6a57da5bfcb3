import { couldNotCheck, found, well } from '../outcome.ts'
import type { Rule } from '../rule.ts'

/** Never in the way of an operation: an app that answers is alive, and to refuse would be the harm it is to keep off. */
export const appOutsidePrimary: Rule = {
  id: 'app-outside-primary',
  title: 'This app does not run in the primary region',
  severity: 'critical',
  blocks: 'never',
  compares: 'the region this app runs in with the primary region.',
  why: 'What carries out disaster recovery is lost with the region it is in: nothing fails over, and nobody sees why.',
  source: {
    title: 'Reliability in Azure Functions: cross-region disaster recovery',
    url: 'https://learn.microsoft.com/azure/reliability/reliability-functions',
  },
  howToFix: 'Deploy the app and its storage account in the secondary region.',
  check: ({ app: { region }, pair: { primary } }) => {
    if (region === undefined) return couldNotCheck('Azure does not say where this app runs')
    if (region !== primary.region) return well
    return found([{ subject: 'app', evidence: `This app runs in ${region}, the primary region.` }])
  },
}
