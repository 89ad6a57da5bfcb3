/** What would put a finding right, as data. Each is about one side, and is done there only while nobody works on it. */
import type { RoleAssignment } from './azure.ts'

type Side = 'primary' | 'secondary'

export type Fix =
  /** `value` as in `HostPool.settings`: a text as it is, all else as JSON. */
  | { readonly kind: 'setPoolProperty'; readonly side: Side; readonly name: string; readonly value: string }
  /** Made like the group of this id on the other side, under the name the plan maps it to. */
  | {
      readonly kind: 'copyApplicationGroup'
      readonly side: Side
      readonly fromId: string
      readonly name: string
      readonly settings: Readonly<Record<string, string>>
      readonly type: 'Desktop' | 'RemoteApp'
    }
  /** Made, or made alike, in this application group. */
  | {
      readonly kind: 'copyApplication'
      readonly side: Side
      readonly groupId: string
      readonly name: string
      readonly settings: Readonly<Record<string, string>>
    }
  | { readonly kind: 'drainHost'; readonly side: Side; readonly host: string }
  | { readonly kind: 'disableScalingPlan'; readonly side: Side }
  | { readonly kind: 'disableStartOnConnect'; readonly side: Side }
  /** Whole, so that it can be put back by hand. Only beside access that the same group keeps on the other side. */
  | {
      readonly kind: 'revokeAccess'
      readonly side: Side
      readonly groupName: string
      readonly assignments: readonly RoleAssignment[]
      readonly kept: RoleAssignment
    }
