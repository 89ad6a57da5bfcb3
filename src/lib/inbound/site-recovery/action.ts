/**
 * What an action of Resource Manager on a Recovery Services vault means to us. Names of the actions: Azure resource
 * provider operations, Microsoft.RecoveryServices. The log's `Accepted` says that a job was begun, not that a machine moved.
 */
import { idKey } from '../../core/arm-id.ts'
import type { SiteRecoveryEvent } from '../../ports/follow-ups.ts'
import type { Told } from './notice.ts'

export type Action = {
  readonly source: SiteRecoveryEvent['source']
  /** `Microsoft.RecoveryServices/vaults/…/unplannedFailover/action` */
  readonly operation: string
  /** What it was done to: an item, a container or a recovery plan. */
  readonly resource: string
  /** `Started`, `Accepted`, `Succeeded`, `Failed`, … */
  readonly status: string
  /** Of the whole request; its stages share it. */
  readonly correlation: string
}

export function toldByAction({ source, operation, resource, status, correlation }: Action): Told {
  const what = `${operation || 'an operation without a name'} ${status}`.trim()
  const [, action = ''] = /^microsoft\.recoveryservices\/vaults\/(.+)\/action$/i.exec(operation) ?? []
  if (!action) return { kind: 'ignored', what, why: 'It is no action on a Recovery Services vault.' }
  const meaning = meanings[action.toLowerCase()]
  if (!meaning) return { kind: 'ignored', what, why: 'It leaves the extensions of virtual machines alone.' }
  if (meaning === 'test')
    return { kind: 'ignored', what, why: 'It is a test failover: no user works on what it makes.' }
  const place = placeOf(resource)
  if (!place) return { kind: 'ignored', what, why: 'It does not say which vault it is about.' }
  const outcome = outcomeOf(status)
  return {
    kind: 'event',
    event: {
      source,
      ...place,
      vms: [],
      what: `${action.split('/').at(-1)} ${status}`.trim(),
      // What has failed may have left something behind, but nothing is on its way any more.
      ...(meaning !== 'lookOnce' && outcome !== 'failed' && { awaits: meaning }),
    },
    sameAs: [correlation, action.toLowerCase(), idKey(resource), outcome],
  }
}

type Meaning = NonNullable<SiteRecoveryEvent['awaits']> | 'lookOnce' | 'test'

const item = 'replicationfabrics/replicationprotectioncontainers/replicationprotecteditems'
const container = 'replicationfabrics/replicationprotectioncontainers'
const recoveryPlan = 'replicationrecoveryplans'

const meanings: Readonly<Record<string, Meaning>> = {
  [`${item}/unplannedfailover`]: 'failover',
  [`${item}/plannedfailover`]: 'failover',
  [`${item}/applyrecoverypoint`]: 'recoveryPoint',
  [`${item}/failovercommit`]: 'lookOnce',
  [`${item}/reprotect`]: 'lookOnce',
  [`${item}/testfailover`]: 'test',
  [`${item}/testfailovercleanup`]: 'test',
  [`${container}/switchprotection`]: 'lookOnce',
  [`${recoveryPlan}/unplannedfailover`]: 'failover',
  [`${recoveryPlan}/plannedfailover`]: 'failover',
  [`${recoveryPlan}/failovercommit`]: 'lookOnce',
  [`${recoveryPlan}/reprotect`]: 'lookOnce',
  [`${recoveryPlan}/testfailover`]: 'test',
  [`${recoveryPlan}/testfailovercleanup`]: 'test',
}

/** `Started` and `Accepted` are one stage, and each end is another: a late end is not taken for its beginning. */
const outcomeOf = (status: string): 'begun' | 'succeeded' | 'failed' => {
  if (/^succeeded$/i.test(status)) return 'succeeded'
  return /^(failed|cancell?ed)$/i.test(status) ? 'failed' : 'begun'
}

const vaultPattern =
  /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.recoveryservices\/vaults\/[^/]+)(\/.*)?$/
const itemPattern =
  /^\/replicationfabrics\/[^/]+\/replicationprotectioncontainers\/[^/]+\/replicationprotecteditems\/[^/]+/
const planPattern = /^\/replicationrecoveryplans\/([^/]+)/

function placeOf(resource: string): Pick<SiteRecoveryEvent, 'vaultId' | 'itemIds' | 'recoveryPlan'> | undefined {
  const [, vaultId, rest = ''] = vaultPattern.exec(idKey(resource)) ?? []
  if (vaultId === undefined) return undefined
  const [itemPath] = itemPattern.exec(rest) ?? []
  const [, plan] = planPattern.exec(rest) ?? []
  return {
    vaultId,
    itemIds: itemPath === undefined ? [] : [vaultId + itemPath],
    ...(plan !== undefined && { recoveryPlan: plan }),
  }
}
