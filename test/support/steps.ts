/** A small hand-made Azure for steps: says what a scene says, remembers what it was sent. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Answer, Fault } from '../../src/lib/core/fault.ts'
import type { Instant } from '../../src/lib/core/time.ts'
import type { OperationSpec, Side, Subject } from '../../src/lib/machine/spec.ts'
import type { Look, StepMemo } from '../../src/lib/machine/step.ts'
import type {
  Application,
  ApplicationGroup,
  DataCollectionAssociation,
  Deployment,
  HostPool,
  PowerState,
  RecoveryPoint,
  ReplicatedItem,
  ReplicationJob,
  RoleAssignment,
  ScalingPlan,
  SessionHost,
  UserSession,
  Vm,
  VmWithExtensions,
} from '../../src/lib/model/azure.ts'
import type { Gateways } from '../../src/lib/ports/gateways.ts'
import type { FleetView, Listed, Step, StepContext } from '../../src/lib/ports/steps.ts'
import { fakeEstate } from './estate.ts'
import { now, spec } from './step-things.ts'

export const registrationToken = 'eyJhbGciOi.secret.token'

type ListName = keyof FleetView

/** What Azure says in a test. A fault in place of a value: the read is refused. */
export type Scene = {
  readonly subject?: Subject
  readonly side?: Side
  readonly spec?: Partial<OperationSpec>
  readonly now?: Instant
  readonly enteredAt?: Instant
  readonly begunAt?: Instant
  readonly attempt?: number
  readonly part?: string
  readonly partSince?: Instant
  readonly memo?: StepMemo
  readonly facts?: StepMemo
  readonly isHandedBack?: true
  readonly hosts?: readonly SessionHost[] | Fault
  readonly sessions?: readonly UserSession[] | Fault
  readonly power?: Readonly<Record<string, PowerState>> | Fault
  readonly items?: readonly ReplicatedItem[] | Fault
  readonly jobs?: readonly ReplicationJob[] | Fault
  readonly points?: readonly RecoveryPoint[] | Fault
  /** By scope. */
  readonly access?: Readonly<Record<string, readonly RoleAssignment[] | Fault>>
  /** By resource group, in lower case. */
  readonly within?: Readonly<Record<string, readonly RoleAssignment[] | Fault>>
  readonly plans?: readonly ScalingPlan[] | Fault
  readonly pool?: Partial<HostPool> | Fault
  readonly vm?: Partial<Vm> | Fault
  readonly vmWithExtensions?: VmWithExtensions | Fault
  readonly associations?: readonly DataCollectionAssociation[] | Fault
  /** Why a start that was accepted has failed. */
  readonly startFault?: Fault
  /** As they are; undefined: there is none. */
  readonly applicationGroup?: ApplicationGroup | Fault
  readonly application?: Application | Fault
  /** As it is; undefined: there is none. */
  readonly deployment?: Deployment
  /** When the listings were started; `now` for those that are not named. */
  readonly startedAt?: Partial<Record<ListName, Instant>>
  /** How writes are answered; `ok` unless said. */
  readonly answer?: (write: string) => Answer<void>
}

/** What was sent, one line a write: the gateway's word, the target, the rest as JSON. */
export type Stage = { readonly context: StepContext; readonly sent: readonly string[] }

export function stageOf(scene: Scene): Stage {
  const sent: string[] = []
  const send = async (line: string): Promise<Answer<void>> => {
    sent.push(line)
    return scene.answer?.(line) ?? { kind: 'ok', value: undefined }
  }
  const context: StepContext = {
    spec: { ...spec, ...scene.spec },
    subject: scene.subject ?? { kind: 'pair', key: 'pair' },
    side: scene.side ?? 'secondary',
    operationId: 'op-1',
    now: scene.now ?? now,
    enteredAt: scene.enteredAt ?? now,
    ...(scene.begunAt === undefined ? {} : { begunAt: scene.begunAt }),
    attempt: scene.attempt ?? 0,
    ...(scene.part === undefined ? {} : { part: scene.part }),
    ...(scene.partSince === undefined ? {} : { partSince: scene.partSince }),
    memo: scene.memo ?? {},
    ...(scene.facts && { facts: scene.facts }),
    ...(scene.isHandedBack && { isHandedBack: true }),
    fleet: fleetOf(scene),
    gateways: gatewaysOf(scene, send),
  }
  return { context, sent }
}

export const look = (step: Step, scene: Scene): Promise<Look> => step.look(stageOf(scene).context)

/** `done`, `notBegun`, `underway`, `couldNotLook:<code>` or `faulted:<code>`, with `!` when it may pass. */
export async function see(step: Step, scene: Scene): Promise<string> {
  const { seen } = await look(step, scene)
  return 'fault' in seen ? `${seen.kind}:${seen.fault.code}${seen.fault.retryable ? '!' : ''}` : seen.kind
}

/** What a begin came to, and what it sent. */
export async function begin(
  step: Step,
  scene: Scene,
): Promise<{ readonly came: string; readonly sent: readonly string[] }> {
  const { context, sent } = stageOf(scene)
  const begun = await step.begin?.(context, { notAfter: 10_000 })
  if (!begun) throw new Error(`${step.limits.name} only waits`)
  return { came: begun.kind === 'accepted' ? 'accepted' : `${begun.kind}:${begun.fault.code}`, sent }
}

export const isFault = (value: object): value is Fault => 'code' in value && 'retryable' in value

function answerOf<T>(value: T | Fault | undefined, missing: string): Answer<T> {
  if (value === undefined) throw new Error(`The scene does not say: ${missing}`)
  if (typeof value === 'object' && value !== null && isFault(value)) return { kind: 'refused', fault: value }
  return { kind: 'ok', value: value as T }
}

const orNone = <T extends object>(value: T | Fault | undefined): Answer<T | undefined> =>
  value === undefined ? { kind: 'ok', value } : answerOf<T>(value, '')

function fleetOf(scene: Scene): FleetView {
  const listed = <A extends object, B>(name: ListName, value: A | Fault | undefined, map: (value: A) => B) => {
    const answer = answerOf<A>(value, name)
    if (answer.kind !== 'ok') return answer
    return {
      kind: 'ok',
      value: { value: map(answer.value), startedAt: scene.startedAt?.[name] ?? now },
    } satisfies Answer<Listed<B>>
  }
  return {
    sessionHosts: async () =>
      listed('sessionHosts', scene.hosts, (all) => new Map(all.map((host) => [host.name.toLowerCase(), host]))),
    userSessions: async () =>
      listed('userSessions', scene.sessions, (all) => Map.groupBy(all, ({ host }) => host.toLowerCase())),
    powerStates: async () =>
      listed(
        'powerStates',
        scene.power,
        (all) => new Map(Object.entries(all).map(([id, power]) => [idKey(id), power])),
      ),
    replicatedItems: async () =>
      listed('replicatedItems', scene.items, (all) => new Map(all.map((item) => [idKey(item.id), item]))),
    jobs: async () => listed('jobs', scene.jobs, (all) => all),
    assignments: async (scope) => listed('assignments', scene.access?.[scope], (all: readonly RoleAssignment[]) => all),
    assignmentsWithin: async (group) =>
      listed('assignments', scene.within?.[group], (all: readonly RoleAssignment[]) => all),
  }
}

function gatewaysOf(scene: Scene, send: (line: string) => Promise<Answer<void>>): Gateways {
  const line = (word: string, target: string, ...rest: readonly unknown[]) =>
    send([word, target, ...rest.map((part) => JSON.stringify(part))].join(' '))
  const withJob = async (sent: Promise<Answer<void>>): Promise<Answer<{ job?: string }>> => {
    const answer = await sent
    return answer.kind === 'ok' ? { kind: 'ok', value: {} } : answer
  }
  const unused = () => Promise.reject(new Error('No step asks for this'))
  return {
    avd: {
      hostPool: async () => answerOf(scene.pool as HostPool | Fault | undefined, 'pool'),
      setStartVmOnConnect: (pool, enabled) => line('startOnConnect', pool, enabled),
      sessionHosts: unused,
      setAllowNewSession: (pool, host, allow) => line('allowNewSession', `${pool} ${host}`, allow),
      removeSessionHost: (pool, host) => line('removeHost', `${pool} ${host}`),
      newRegistrationToken: async (pool, expiresAt) => {
        const answer = await line('token', pool, expiresAt)
        return answer.kind === 'ok' ? { kind: 'ok', value: registrationToken } : answer
      },
      userSessions: unused,
      sendMessage: (session, title, body) => line('message', session, title, body),
      signOut: (session) => line('signOut', session),
      applicationGroups: unused,
      applications: unused,
      workspaces: unused,
      msixPackages: unused,
      appAttachPackages: unused,
      scalingPlans: async () => answerOf(scene.plans, 'plans'),
      applicationGroup: async () => orNone(scene.applicationGroup),
      application: async () => orNone(scene.application),
      setPoolProperty: (pool, name, value) => line('poolProperty', `${pool} ${name}`, value),
      putApplicationGroup: ({ id, ...group }) => line('putGroup', id, group),
      setApplicationGroup: (id, settings) => line('setGroup', id, settings),
      putApplication: (id, settings) => line('putApplication', id, settings),
      setScalingPlanEnabled: (plan, pool, enabled) => line('scalingPlan', `${plan.name} ${pool}`, enabled),
    },
    compute: {
      vms: unused,
      vm: async () => answerOf(scene.vm as Vm | Fault | undefined, 'vm'),
      powerStates: unused,
      start: async (vm) => {
        const answer = await line('start', vm)
        return answer.kind === 'ok' ? { kind: 'ok', value: { operation: 'ukwest/op-1' } } : answer
      },
      operationFault: async () => ({ kind: 'ok', value: scene.startFault }),
      deallocate: (vm) => line('deallocate', vm),
      assessPatches: (vm) => line('assessPatches', vm),
      installPatches: (vm) => line('installPatches', vm),
      setTags: (vm, tags) => line('tags', vm, tags),
      quotas: unused,
    },
    room: { sizes: unused, reservations: unused, subnets: unused },
    extensions: {
      ofVm: async () => answerOf(scene.vmWithExtensions, 'vmWithExtensions'),
      all: unused,
      put: (vm, extension) => line('putExtension', vm, extension),
      remove: (vm, name) => line('removeExtension', `${vm} ${name}`),
      associations: async () => answerOf(scene.associations, 'associations'),
      allAssociations: unused,
      associate: (vm, association) => line('associate', vm, association),
    },
    deployments: {
      deployment: async () => ({ kind: 'ok', value: scene.deployment }),
      deploy: (id, template, parameters) => line('deploy', id, template, parameters),
    },
    siteRecovery: {
      items: unused,
      jobs: unused,
      recoveryPoints: async () => answerOf(scene.points, 'points'),
      recoveryPlans: unused,
      failoverPlan: (plan, options) => withJob(line('failoverPlan', plan, options)),
      failover: (item, options) => withJob(line('failover', item, options)),
      commit: (item) => withJob(line('commit', item)),
      changeRecoveryPoint: (item, point) => withJob(line('changeRecoveryPoint', item, point)),
      reprotect: (item, options) => withJob(line('reprotect', item, options)),
    },
    access: {
      assignments: unused,
      assignmentsWithin: unused,
      grant: (grant) => line('grant', grant.scope, grant),
      revoke: (id) => line('revoke', id),
      rolesThatUseApplications: unused,
    },
    estate: fakeEstate(unused),
  }
}
