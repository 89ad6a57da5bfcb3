/** What tasks are about. */
import type { StepName } from './spec.ts'

export type Side = 'primary' | 'secondary'

/** What a task is about. */
export type Subject =
  | FixSubject
  | { readonly kind: 'pair'; readonly key: string }
  | {
      readonly kind: 'host'
      readonly key: string
      readonly side: Side
      /** Session host name without the pool's. */
      readonly host: string
      readonly vmId: string
      /** Of the VM, where a failed start is to tell what there is no room for. */
      readonly size?: string
      readonly zone?: string
      /** The only steps of the stage this host needs; undefined: all. */
      readonly only?: readonly StepName[]
    }
  | {
      readonly kind: 'desktop'
      readonly key: string
      readonly host: string
      readonly sourceVmId: string
      readonly targetVmId: string
      readonly itemId: string
      readonly user?: string
      /** Index into `OperationSpec.extensionWork`. Undefined: nothing is known of its extensions, or nothing is to be done. */
      readonly extensions?: number
      /** Index into `OperationSpec.consistencyGroups`: it fails over together with the others of its group, or not at all. */
      readonly group?: number
    }
  | {
      readonly kind: 'assignment'
      readonly key: string
      readonly principalId: string
      readonly groupName: string
      /** On the side that is left; whole, so that it can be put back exactly. Undefined: nothing to revoke. */
      readonly revoke?: AssignmentSpec & { readonly id: string; readonly name: string }
      /** On the side that is entered; of a fix: what the same group keeps where people work. */
      readonly grant: AssignmentSpec & { readonly name?: string }
    }

/** Of a fix, which is done on the side where nobody works. */
export type FixSubject =
  | {
      readonly kind: 'poolProperty'
      readonly key: string
      readonly name: string
      /** As in `HostPool.settings`. */
      readonly value: string
      /** As planning saw it, and what is put back. Missing: not set. */
      readonly before?: string
    }
  | {
      readonly kind: 'applicationGroup'
      readonly key: string
      readonly id: string
      readonly hostPoolId: string
      readonly location: string
      readonly type: 'Desktop' | 'RemoteApp'
      readonly settings: Readonly<Record<string, string>>
    }
  | {
      readonly kind: 'application'
      readonly key: string
      readonly id: string
      readonly settings: Readonly<Record<string, string>>
    }

export type AssignmentSpec = {
  readonly scope: string
  readonly principalId: string
  readonly principalType: string
  readonly roleDefinitionId: string
  readonly condition?: string
  readonly conditionVersion?: string
  readonly description?: string
}
