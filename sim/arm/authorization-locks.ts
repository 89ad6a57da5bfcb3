/** Locks (Microsoft.Authorization 2016-09-01, 2020-05-01) and the caller's permissions (2022-04-01). */
import { surroundingsOf } from '../estate/surroundings.ts'
import type { SimLock } from '../estate/surroundings-types.ts'
import { listAnswer } from './paging.ts'
import { isAtOrBelow, rightsAt } from './permission.ts'
import type { Route } from './types.ts'

const pageSize = 200

/** Those above the scope are listed as well, as those below it are (`atScope()` would leave them out). */
export const lockRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/{scope*}/providers/Microsoft.Authorization/locks',
    bucket: 'reads',
    action: 'Microsoft.Authorization/locks/read',
    apiVersions: ['2016-09-01', '2017-04-01', '2020-05-01'],
    handle(request, { scope = '' }, sim) {
      const at = `/${scope}`
      const isOnlyHere = /^atScope\(\)$/i.test(request.query.$filter ?? '')
      const found = [...surroundingsOf(sim).locks.values()].filter(
        (lock) => isAtOrBelow(at, lock.scope) || (!isOnlyHere && isAtOrBelow(lock.scope, at)),
      )
      return listAnswer(sim, request, found, lockBody, { pageSize })
    },
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Authorization/permissions',
    bucket: 'reads',
    action: 'Microsoft.Authorization/permissions/read',
    handle(request, { subscription = '', group = '' }, sim) {
      const found = rightsAt(sim, request.principal, `/subscriptions/${subscription}/resourceGroups/${group}`)
      const bodyOf = ({ actions, notActions = [] }: (typeof found)[number]) => ({
        actions,
        notActions,
        dataActions: [],
        notDataActions: [],
      })
      return listAnswer(sim, request, found, bodyOf, { pageSize })
    },
  },
]

const lockBody = ({ scope, name, level }: SimLock) => ({
  properties: { level, notes: 'Placed by the platform team.' },
  id: `${scope}/providers/Microsoft.Authorization/locks/${name}`,
  type: 'Microsoft.Authorization/locks',
  name,
})
