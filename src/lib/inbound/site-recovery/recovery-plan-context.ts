/**
 * The context that a recovery plan hands to its Automation runbooks, and a runbook hands on to us (learn.microsoft.com, "Add
 * Azure Automation runbooks to recovery plans"). It comes while the plan runs: before a group's machines have moved or after.
 */
import { z } from 'zod'
import type { Instant } from '../../core/time.ts'
import { hourOf, type Notice, refused, type Told } from './notice.ts'

export function readContext(body: unknown, now: Instant): Notice {
  const parsed = context.safeParse(body)
  if (!parsed.error) return { kind: 'told', told: [toldBy(parsed.data, now)] }
  const [issue] = parsed.error.issues
  return refused(issue?.message ?? 'cannot be read', issue?.path.map(String).join('.'))
}

const name = z.string().max(300).nullish()

const context = z.looseObject({
  RecoveryPlanName: z.string({ error: 'is needed: the name of the recovery plan' }).min(1).max(300),
  FailoverType: z.string({ error: 'is needed: Test, Planned or Unplanned' }).min(1).max(50),
  FailoverDirection: name,
  GroupId: z.union([z.string().max(50), z.number()]).nullish(),
  VmMap: z
    .record(
      z.string(),
      z.looseObject({ RoleName: name, RecoveryPointId: name }, { error: 'needs a machine (ConvertTo-Json -Depth 5)' }),
      { error: 'needs the machines by their ids (ConvertTo-Json -Depth 5)' },
    )
    .nullish(),
})

function toldBy(given: z.output<typeof context>, now: Instant): Told {
  const { RecoveryPlanName, FailoverType, FailoverDirection, GroupId, VmMap } = given
  const group = String(GroupId ?? '')
  const what = `recovery plan ${RecoveryPlanName}, ${FailoverType} failover, group ${group || 'unknown'}`
  if (/^test/i.test(FailoverType))
    return { kind: 'ignored', what, why: 'It is a test failover: no user works on what it makes.' }
  const [, side] =
    (['primary', 'secondary'] as const)
      .map((to) => [RegExp(`to${to}$`, 'i'), to] as const)
      .find(([pattern]) => pattern.test(FailoverDirection ?? '')) ?? []
  // Without names in the steps before a group; sorted, for the order of a map means nothing.
  const machines = Object.values(VmMap ?? {})
    .flatMap(({ RoleName, RecoveryPointId }) => (RoleName ? [[RoleName, RecoveryPointId ?? ''] as const] : []))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    kind: 'event',
    event: {
      source: 'recoveryPlan',
      itemIds: [],
      vms: machines.map(([vm]) => vm),
      recoveryPlan: RecoveryPlanName,
      what,
      awaits: 'failover',
      ...(side && { towards: side }),
    },
    sameAs: [
      RecoveryPlanName.toLowerCase(),
      FailoverType.toLowerCase(),
      (FailoverDirection ?? '').toLowerCase(),
      group,
      hourOf(now),
      ...machines.flat(),
    ],
  }
}
