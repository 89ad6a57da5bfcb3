/** The DR plan file: what is protected, how, and within which limits. `plans/example.plan.yaml` shows every option. */
import { z } from 'zod'
import { hours, minutes, seconds } from '../core/time.ts'
import { backup, drift, identity, packages, profiles } from './drift.ts'
import {
  applicationGroupName,
  displayName,
  duration,
  groupId,
  hostPoolName,
  hostsOrShare,
  messageBody,
  messageTitle,
  namePart,
  pairId,
  principalId,
  region,
  resourceGroup,
  roleId,
  subscriptionId,
  tagName,
  vaultId,
  whole,
} from './fields.ts'
import { keepAlive } from './keep-alive.ts'
import { commit, extensionEntry, extensionOrder, recoveryPoint, reprotect } from './replicated.ts'
import { choice, list, object } from './shapes.ts'

/** Strategies that have a runbook. */
export const strategies = ['pooledStandby', 'personalReplicated'] as const

/** What Microsoft advises at most; a plan may be looser, which is said loudly wherever it shows. */
export const advised = { batchSize: 100, batchInterval: minutes(10) } as const

const side = object(
  {
    subscription: subscriptionId,
    resourceGroup,
    hostPool: hostPoolName,
    region,
    /** Resource group of the application groups, where it is another one. */
    applicationGroups: resourceGroup.exactOptional(),
    /** Resource group of the virtual machines, where it is another one. */
    vmResourceGroup: resourceGroup.exactOptional(),
    exclusionTag: tagName.exactOptional(),
  },
  'a side: subscription, resourceGroup, hostPool, region',
)

const message = object({ title: messageTitle, body: messageBody }, 'a message: title and body')

const defaultMessage = {
  title: 'Your desktop is moving',
  body: 'Your desktop is moving to another region. Please save your work and sign out now. You can sign in again in a few minutes.',
}

const pair = object(
  {
    id: pairId,
    strategy: choice(strategies),
    /** 1 goes first. */
    tier: whole(1, 9).default(5),
    primary: side,
    secondary: side,
    vault: vaultId.exactOptional(),
    applicationGroups: list(
      object({ primary: applicationGroupName, secondary: applicationGroupName }, 'primary and secondary'),
      0,
      /** Application groups of one tenant: 500 (Azure Virtual Desktop limits). */
      500,
      'application groups',
    ).default([]),
    /** Role assignments of one Azure Virtual Desktop object: 200 (Azure Virtual Desktop limits). */
    groups: list(object({ name: displayName, id: groupId }, 'name and id'), 0, 200, 'groups').default([]),
    counterparts: z
      .union([choice(['pool']), object({ replace: namePart, with: namePart }, 'replace and with')], {
        error: 'pool, or how host names differ: replace and with',
      })
      .default('pool'),
    minimumCapacity: hostsOrShare.prefault('50%'),
    capacityDeadline: duration(minutes(1), hours(24)).prefault('45 min'),
    /** Between the message and what it announces. */
    grace: duration(0, hours(4)).prefault('10 min'),
    message: message.default(defaultMessage),
    recoveryPoint: recoveryPoint.default('latest'),
    extensions: extensionOrder.default({}),
    commit: commit.prefault('auto'),
    /** Absent: desktops stay unprotected after a failover, unless somebody protects them in Site Recovery. */
    reprotect: reprotect.exactOptional(),
    acceptedRoles: list(roleId, 0, 50, 'role ids').default([]),
    acceptedPrincipals: list(principalId, 0, 200, 'object ids').default([]),
    order: object({ tierTag: tagName }, 'tierTag').default({ tierTag: 'drTier' }),
    /** Absent: nobody wakes this pair's standby hosts, and that is said wherever it shows. */
    keepAlive: keepAlive.exactOptional(),
    /** Absent: nobody can tell whether profiles survive, and the rules about them say so. */
    profiles: profiles.exactOptional(),
    packages: packages.exactOptional(),
    backup: backup.exactOptional(),
  },
  'a pair',
)

const limits = object(
  {
    /** Virtual machines accepted in one `batchInterval`. Looser than advised is a loud warning. */
    batchSize: whole(1, 1_000).default(advised.batchSize),
    batchInterval: duration(seconds(1), hours(24)).prefault('10 min'),
    /** What concerns a side that is down is passed over after this. */
    deadSideDeadline: duration(seconds(1), hours(4)).prefault('5 min'),
    /** An older inventory is worth a warning. */
    inventoryAge: duration(minutes(1), hours(24 * 30)).prefault('1 h'),
  },
  'the limits',
)

export const planSchema = object(
  {
    version: z.literal(1, { error: '1' }).meta({ description: 'the version of this file format: 1' }),
    name: displayName,
    limits: limits.prefault({}),
    /** What a host may carry, and a generation of kinds that were replaced. */
    extensions: list(extensionEntry, 0, 200, 'extensions').default([]),
    drift: drift.prefault({}),
    /** Absent: nobody can tell whether people can be known in the other region. */
    identity: identity.exactOptional(),
    /** 400 host pools a workspace (Azure Virtual Desktop limits); one function app moves far fewer. */
    pairs: list(pair, 1, 200, 'pairs'),
  },
  'a plan: version, name, pairs',
)

export type DrPlan = z.output<typeof planSchema>
export type PlannedPair = DrPlan['pairs'][number]
export type PlannedSide = PlannedPair['primary']
