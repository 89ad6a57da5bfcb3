import { idKey } from '../../src/lib/core/arm-id.ts'
import { letsPeopleIn, roleKey } from '../arm/access.ts'
import type { Estate } from '../arm/estate-types.ts'
import type { JudgedEstate } from './types.ts'

/** A picture of the estate before the story begins. What is assigned then is taken to be in force. */
export function noteEstate(estate: Estate): JudgedEstate {
  const hosts = [...estate.sessionHosts.values()]
  return {
    users: [...estate.users.values()].map(({ id, name, groups }) => ({ id, name, groups: [...groups] })),
    applicationGroups: [...estate.applicationGroups.values()].map(({ id, hostPoolId }) => ({ id, hostPoolId })),
    rolesThatLetIn: [...estate.roleDefinitions].filter(([, role]) => letsPeopleIn(role)).map(([key]) => key),
    assignments: [...estate.roleAssignments.values()].map(({ principalId, scope, roleDefinitionId }) => ({
      principal: principalId.toLowerCase(),
      scope: idKey(scope),
      role: roleKey(roleDefinitionId),
    })),
    hosts: hosts.map(({ pool, name, allowNewSession, beatingSince }) => ({
      pool: idKey(pool),
      host: name.toLowerCase(),
      allowNewSession: allowNewSession.now(),
      isReady: beatingSince !== undefined,
    })),
    sessions: hosts.flatMap(({ pool, sessions }) =>
      [...sessions.values()].map(({ id, user }) => ({ user, pool: idKey(pool), session: id })),
    ),
  }
}
