/** Locks and rights: what Resource Manager looks at before it asks a provider. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { surroundingsOf } from '../estate/surroundings.ts'
import type { SimLock, SimRight } from '../estate/surroundings-types.ts'
import { gatewayFailure } from './answers.ts'
import type { Sim, SimRequest, SimResponse } from './types.ts'

/** Why this caller may not do that here, if so. */
export function refusalOf(sim: Sim, { method, path, principal }: SimRequest, action: string): SimResponse | undefined {
  if (!mayDo(sim, principal, action, path)) {
    const message = `The client '${principal}' with object id '${principal}' does not have authorization to perform action '${action}' over scope '${path}' or the scope is invalid. If access was recently granted, please refresh your credentials.`
    return gatewayFailure(403, 'AuthorizationFailed', message)
  }
  const lock = isRead(method, action) ? undefined : lockAgainst(sim, method, path)
  if (!lock) return undefined
  const message = `The scope '${path}' cannot perform ${method === 'DELETE' ? 'delete' : 'write'} operation because following scope(s) are locked: '${lock.scope}'. Please remove the lock and try again.`
  return gatewayFailure(409, 'ScopeLocked', message)
}

/** Who has no rights noted down may do everything: most stories are not about rights. */
export function mayDo(sim: Sim, principal: string, action: string, scope: string): boolean {
  const { rights } = surroundingsOf(sim)
  if (rights.size === 0) return true
  const own = rights.get(principal.toLowerCase())
  // Queries of Resource Graph are everybody's: they show what the caller may read.
  if (own === undefined || /^microsoft\.resourcegraph\//i.test(action)) return true
  return own.some((right) => isAtOrBelow(scope, right.scope) && covers(right, action))
}

/** What is in force at a scope. */
export function rightsAt(sim: Sim, principal: string, scope: string): readonly SimRight[] {
  const own = surroundingsOf(sim).rights.get(principal.toLowerCase())
  return own?.filter((right) => isAtOrBelow(scope, right.scope)) ?? [{ scope: '', actions: ['*'] }]
}

/** `CanNotDelete` stops DELETE, `ReadOnly` every write, actions of POST included ("Lock your resources to protect your infrastructure"). */
function lockAgainst(sim: Sim, method: SimRequest['method'], path: string): SimLock | undefined {
  const { locks } = surroundingsOf(sim)
  if (locks.size === 0) return undefined
  return [...locks.values()].find(
    ({ scope, level }) => (level === 'ReadOnly' || method === 'DELETE') && isAtOrBelow(path, scope),
  )
}

const isRead = (method: SimRequest['method'], action: string) =>
  method === 'GET' || method === 'HEAD' || /^microsoft\.resourcegraph\//i.test(action)

function covers({ actions, notActions = [] }: SimRight, action: string): boolean {
  const fits = (pattern: string) => patternOf(pattern).test(action)
  return actions.some(fits) && !notActions.some(fits)
}

const patterns = new Map<string, RegExp>()
function patternOf(text: string): RegExp {
  const known = patterns.get(text)
  if (known) return known
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(`^${parts.join('.*')}$`, 'i')
  patterns.set(text, pattern)
  return pattern
}

export function isAtOrBelow(path: string, scope: string): boolean {
  const [lower, upper] = [idKey(path), idKey(scope)]
  return upper === '' || lower === upper || lower.startsWith(`${upper}/`)
}
