/** What a plan says for drift rules: policies where official texts differ, who answers for what is accepted, what may be put right. */
import { z } from 'zod'
import { displayName, messageBody, pairId, storageAccountId, vmId } from './fields.ts'
import { ruleIds } from './rule-ids.ts'
import { choice, list, object, truth } from './shapes.ts'

const ruleId = choice(ruleIds)

const day = z.iso.date({ error: 'a day: YYYY-MM-DD' }).meta({ description: 'a day: YYYY-MM-DD' })

const waiver = object(
  {
    rule: ruleId,
    /** Missing: of every pair. */
    pair: pairId.exactOptional(),
    /** As the finding names it. Missing: whatever the rule finds. */
    subject: displayName.exactOptional(),
    reason: messageBody,
    by: displayName,
    /** The last day it holds, UTC. */
    until: day,
  },
  'a waiver: rule, reason, by, until',
)

export const drift = object(
  {
    /** Of both pools of a pair. Microsoft's texts differ: the same for Insights, separate ones survive their region. */
    logAnalytics: choice(['any', 'same', 'separate']).default('any'),
    /** `auto`: put right as soon as it is found, on the side that is not active. Others are proposed. */
    fix: z
      .partialRecord(ruleId, choice(['propose', 'auto']), { error: 'rules and propose or auto' })
      .default({})
      .meta({ description: 'rules, and propose or auto' }),
    waivers: list(waiver, 0, 500, 'waivers').default([]),
  },
  'drift: logAnalytics, fix, waivers',
)

/** Of whom machines learn who people are. */
export const identity = object(
  {
    kind: choice(['entra', 'domain', 'entraDomainServices']),
    /** Virtual machines that are domain controllers, in whatever region. */
    domainControllers: list(vmId, 0, 50, 'ids of virtual machines').default([]),
    /** Those on premises, or by Site Recovery, are not seen: then one in the secondary region is not looked for. */
    secondary: choice(['domainController', 'elsewhere']).default('domainController'),
  },
  'identity: kind, domainControllers, secondary',
)

const accounts = object(
  {
    primary: list(storageAccountId, 0, 20, 'ids of storage accounts').default([]),
    secondary: list(storageAccountId, 0, 20, 'ids of storage accounts').default([]),
  },
  'primary and secondary: ids of storage accounts',
)

/** Where user profiles are kept. */
export const profiles = object(
  {
    kind: choice(['cloudCache', 'other', 'none']).default('cloudCache'),
    accounts: accounts.prefault({}),
  },
  'profiles: kind, accounts',
)

/** Where MSIX and App attach images lie. */
export const packages = object({ accounts: accounts.prefault({}) }, 'packages: accounts')

/** Whether Azure Backup is to protect what of this pair. */
export const backup = object(
  { machines: truth.default(false), shares: truth.default(false) },
  'backup: machines, shares',
)
