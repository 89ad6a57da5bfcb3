/** How often trouble struck each call of the life after a failover. A suite that never struck one has shown nothing of it. */
import type { CallRecord } from '../../arm/ledger-types.ts'

export const lateCalls: Readonly<Record<string, RegExp>> = {
  'extension put': /virtualMachines\/extensions\/write$/i,
  'extension removed': /virtualMachines\/extensions\/delete$/i,
  'rule associated': /dataCollectionRuleAssociations\/write$/i,
  'extensions read': /virtualMachines\/read$/i,
  'associations read': /dataCollectionRuleAssociations\/read$/i,
  'protected again': /switchprotection\/action$/i,
  'recovery point changed': /applyRecoveryPoint\/action$/i,
  'recovery points read': /recoveryPoints\/read$/i,
  'resource graph': /Microsoft\.ResourceGraph\/resources\/read$/i,
}

/** `call <name>`: how often it was made by the app; `struck <name>`: how often it went wrong by an injected fault. */
export function struckIn(calls: readonly CallRecord[], spared: string): Record<string, number> {
  const counts: Record<string, number> = {}
  const add = (name: string) => {
    counts[name] = (counts[name] ?? 0) + 1
  }
  const ours = calls.filter(({ principal }) => principal !== spared)
  for (const { action, injected } of ours)
    for (const [name, pattern] of Object.entries(lateCalls)) {
      if (!pattern.test(action)) continue
      add(`call ${name}`)
      if (injected !== undefined && injected !== 'throttle') add(`struck ${name}`)
    }
  return counts
}

export const neverStruckLate = (counts: Readonly<Record<string, number>>): readonly string[] =>
  Object.keys(lateCalls).filter((name) => (counts[`struck ${name}`] ?? 0) === 0)
