/** What a fix reads and writes of pools, application groups and applications. */
import type { Answer } from '../core/fault.ts'
import type { Application, ApplicationGroup } from '../model/azure.ts'
import type { Fence } from './gateways.ts'

export type AvdWrites = {
  /** Undefined: there is none of this id. */
  readonly applicationGroup: (id: string) => Promise<Answer<ApplicationGroup | undefined>>
  readonly application: (id: string) => Promise<Answer<Application | undefined>>
  /** One of `poolSettings`, as it is kept in `HostPool.settings`; the others stay. Any other is refused before it is sent. */
  readonly setPoolProperty: (poolId: string, name: string, value: string, fence: Fence) => Promise<Answer<void>>
  /** Makes the group, with nobody's access and in no workspace. One that exists is replaced, tags included. */
  readonly putApplicationGroup: (group: ApplicationGroupToPut, fence: Fence) => Promise<Answer<void>>
  /** Of a group that exists: sets what is named in `applicationGroupSettings`. */
  readonly setApplicationGroup: (
    id: string,
    settings: Readonly<Record<string, string>>,
    fence: Fence,
  ) => Promise<Answer<void>>
  /** Makes the application; one that exists is replaced. */
  readonly putApplication: (
    id: string,
    settings: Readonly<Record<string, string>>,
    fence: Fence,
  ) => Promise<Answer<void>>
}

/** `settings` as in `ApplicationGroup.settings`. */
export type ApplicationGroupToPut = {
  readonly id: string
  readonly location: string
  readonly hostPoolId: string
  readonly type: 'Desktop' | 'RemoteApp'
  readonly settings: Readonly<Record<string, string>>
}
