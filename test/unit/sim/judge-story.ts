import type { LedgerEntry, LedgerEvent } from '../../../sim/arm/ledger-types.ts'
import { judge } from '../../../sim/judge/judge.ts'
import type { JudgedEstate, JudgedPair, JudgeOptions } from '../../../sim/judge/types.ts'

/** A small estate: two pooled pools, each with a desktop and a set of applications; two groups, three people. */
const root = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.DesktopVirtualization'
export const pool = { primary: `${root}/hostPools/HP-1`, secondary: `${root}/hostPools/hp-2` } as const
export const desk = {
  primary: `${root}/applicationGroups/desk-1`,
  secondary: `${root}/applicationGroups/desk-2`,
} as const
export const apps = {
  primary: `${root}/applicationGroups/apps-1`,
  secondary: `${root}/applicationGroups/apps-2`,
} as const
export const role = 'let-in'

export const pair: JudgedPair = {
  id: 'pooled',
  strategy: 'pooledStandby',
  primary: { hostPools: [pool.primary], applicationGroups: [desk.primary, apps.primary] },
  secondary: { hostPools: [pool.secondary], applicationGroups: [desk.secondary, apps.secondary] },
  mapping: { [desk.primary]: desk.secondary, [apps.primary]: apps.secondary },
}

export const assigned = (principal: string, scope: string) => ({ principal, scope, role })

export const estate: JudgedEstate = {
  users: [
    { id: 'ann', name: 'ann@contoso.example', groups: ['sales', 'legal'] },
    { id: 'ben', name: 'ben@contoso.example', groups: ['sales'] },
    { id: 'guest', name: 'guest@contoso.example', groups: [] },
  ],
  applicationGroups: [
    { id: desk.primary, hostPoolId: pool.primary },
    { id: apps.primary, hostPoolId: pool.primary },
    { id: desk.secondary, hostPoolId: pool.secondary },
    { id: apps.secondary, hostPoolId: pool.secondary },
  ],
  rolesThatLetIn: [role],
  assignments: [assigned('sales', desk.primary), assigned('legal', apps.primary)],
  hosts: [
    { pool: pool.primary, host: 'p-1', allowNewSession: true, isReady: true },
    { pool: pool.secondary, host: 's-1', allowNewSession: false, isReady: false },
  ],
  sessions: [{ user: 'ben@contoso.example', pool: pool.primary, session: '1' }],
}

export const at = (seconds: number, entry: LedgerEntry): LedgerEvent =>
  ({ at: seconds * 1_000, ...entry }) as LedgerEvent

const access =
  (kind: 'granted' | 'revoked' | 'accessBegan' | 'accessEnded') =>
  (seconds: number, principal: string, scope: string) =>
    at(seconds, { kind, principal, scope, role, assignment: `${principal} ${scope}` })
export const granted = access('granted')
export const revoked = access('revoked')
export const accessBegan = access('accessBegan')
export const accessEnded = access('accessEnded')

export const options: JudgeOptions = { pairs: [pair], batchSize: 2, batchInterval: 600_000 }

export function verdictOn(
  events: readonly LedgerEvent[],
  more: Partial<JudgeOptions> = {},
  start: Partial<JudgedEstate> = {},
) {
  const inOrder = [...events].sort((a, b) => a.at - b.at)
  const { violations, measures } = judge(inOrder, { ...estate, ...start }, { ...options, ...more })
  return { broken: violations.map(({ rule, subject, at: moment }) => `${rule} ${subject} ${moment / 1_000}`), measures }
}
