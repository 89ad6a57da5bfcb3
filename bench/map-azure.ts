/** The least of an Azure that lets desktops be failed over: a record a desktop, and times that differ from one to the next. */
import { idKey } from '../src/lib/core/arm-id.ts'
import type { Answer } from '../src/lib/core/fault.ts'
import { type Instant, type Millis, minutes, seconds } from '../src/lib/core/time.ts'
import type { Subject } from '../src/lib/machine/spec.ts'
import type { ReplicatedItem, ReplicationJob, SessionHost, UserSession } from '../src/lib/model/azure.ts'
import type { Gateways } from '../src/lib/ports/gateways.ts'

type Desktop = {
  readonly subject: Extract<Subject, { kind: 'desktop' }>
  readonly failoverTakes: Millis
  readonly bootTakes: Millis
  readonly commitTakes: Millis
  allowsSessions: boolean
  /** Somebody is signed in until then. */
  signedInUntil: Instant
  failedOverAt?: Instant
  committedAt?: Instant
}

/** What Azure did, for proving that the work was done. */
export type MapAzure = { readonly gateways: Gateways; readonly committed: () => number }

const ok = <T>(value: T): Promise<Answer<T>> => Promise.resolve({ kind: 'ok', value })
const nothing: Promise<Answer<void>> = Promise.resolve({ kind: 'ok', value: undefined })

/** Every call is answered at once and counts as Azure's work. Half of the desktops are in use. */
export function createMapAzure(
  subjects: readonly Subject[],
  now: () => Instant,
  outside: <T>(work: () => T) => T,
): MapAzure {
  const desktops = subjects.flatMap((subject, i) => (subject.kind === 'desktop' ? [desktopOf(subject, i)] : []))
  const byHost = new Map(desktops.map((desktop) => [desktop.subject.host.toLowerCase(), desktop]))
  const byItem = new Map(desktops.map((desktop) => [idKey(desktop.subject.itemId), desktop]))
  const listed = <T>(list: () => T) => ok(outside(list))
  const written = (desktop: Desktop | undefined, write: (desktop: Desktop) => void): Promise<Answer<void>> => {
    outside(() => desktop && write(desktop))
    return nothing
  }
  const ofSession = (id: string) => byHost.get(id.split('/').at(-3)?.toLowerCase() ?? '')
  const gateways = {
    avd: {
      sessionHosts: () => listed(() => desktops.map((desktop) => hostOf(desktop, now()))),
      userSessions: () => listed(() => desktops.flatMap((desktop) => sessionsOf(desktop, now()))),
      setAllowNewSession: (_: string, host: string, allow: boolean) =>
        written(byHost.get(host.toLowerCase()), (desktop) => {
          desktop.allowsSessions = allow
        }),
      sendMessage: () => nothing,
      signOut: (id: string) =>
        written(ofSession(id), (desktop) => {
          desktop.signedInUntil = now() + seconds(20)
        }),
    },
    compute: {
      powerStates: () =>
        listed(() => new Map(desktops.map((one) => [idKey(one.subject.targetVmId), powerOf(one, now())]))),
    },
    siteRecovery: {
      items: () => listed(() => desktops.map((desktop) => itemOf(desktop, now()))),
      jobs: () => listed(() => desktops.flatMap((desktop) => jobsOf(desktop, now()))),
      async failover(itemId: string) {
        await written(byItem.get(idKey(itemId)), (desktop) => {
          desktop.failedOverAt ??= now()
        })
        return { kind: 'ok', value: {} }
      },
      async commit(itemId: string) {
        await written(byItem.get(idKey(itemId)), (desktop) => {
          desktop.committedAt ??= now()
        })
        return { kind: 'ok', value: {} }
      },
    },
  } as unknown as Gateways
  return { gateways, committed: () => desktops.filter((one) => phaseOf(one, now()) === 'committed').length }
}

const desktopOf = (subject: Desktop['subject'], i: number): Desktop => ({
  subject,
  failoverTakes: minutes(4) + seconds((i * 37) % 360),
  bootTakes: seconds(60 + ((i * 53) % 120)),
  commitTakes: seconds(20 + ((i * 29) % 60)),
  allowsSessions: true,
  signedInUntil: i % 2 === 0 ? Number.POSITIVE_INFINITY : 0,
})

type Phase = 'protected' | 'failingOver' | 'failedOver' | 'committing' | 'committed'

function phaseOf({ failedOverAt, failoverTakes, committedAt, commitTakes }: Desktop, now: Instant): Phase {
  if (committedAt !== undefined) return now < committedAt + commitTakes ? 'committing' : 'committed'
  if (failedOverAt === undefined) return 'protected'
  return now < failedOverAt + failoverTakes ? 'failingOver' : 'failedOver'
}

const isUp = ({ failedOverAt, failoverTakes, bootTakes }: Desktop, now: Instant): boolean =>
  failedOverAt === undefined || now >= failedOverAt + failoverTakes + bootTakes

const powerOf = (desktop: Desktop, now: Instant) =>
  /^(failedOver|committ)/.test(phaseOf(desktop, now)) ? ('running' as const) : ('deallocated' as const)

/** Agents send a heartbeat about every half minute. */
const hostOf = (desktop: Desktop, now: Instant): SessionHost => ({
  id: desktop.subject.host,
  name: desktop.subject.host,
  status: isUp(desktop, now) ? 'Available' : 'Unavailable',
  allowNewSession: desktop.allowsSessions,
  sessions: desktop.signedInUntil > now ? 1 : 0,
  lastHeartbeat: isUp(desktop, now) ? now - (now % seconds(30)) : (desktop.failedOverAt ?? 0),
})

const sessionsOf = ({ subject, signedInUntil }: Desktop, now: Instant): readonly UserSession[] =>
  signedInUntil > now
    ? [{ id: `${subject.host}/userSessions/2`, host: subject.host, user: `user@${subject.host}`, state: 'Active' }]
    : []

const words: Readonly<Record<Phase, string>> = {
  protected: 'Protected',
  failingOver: 'Protected',
  failedOver: 'UnplannedFailoverCommitPending',
  committing: 'UnplannedFailoverCommitPending',
  committed: 'UnplannedFailoverCommitted',
}

function itemOf(desktop: Desktop, now: Instant): ReplicatedItem {
  const { itemId, host, sourceVmId, targetVmId } = desktop.subject
  const phase = phaseOf(desktop, now)
  return {
    id: itemId,
    name: itemId.split('/').at(-1) ?? '',
    vmName: host,
    protectionState: words[phase],
    activeLocation: phase === 'protected' || phase === 'failingOver' ? 'Primary' : 'Recovery',
    allowedOperations: phase === 'protected' ? ['UnplannedFailover'] : phase === 'failedOver' ? ['Commit'] : [],
    replicationHealth: 'Normal',
    failoverHealth: 'Normal',
    sourceVmId,
    ...(/^(failedOver|committ)/.test(phase) && { targetVmId }),
  }
}

function jobsOf(desktop: Desktop, now: Instant): readonly ReplicationJob[] {
  const { failedOverAt, committedAt, failoverTakes, commitTakes } = desktop
  return [
    ...jobOf(desktop, 'CommitFailover', committedAt, commitTakes, now),
    ...jobOf(desktop, 'UnplannedFailover', failedOverAt, failoverTakes, now),
  ]
}

function jobOf(
  { subject }: Desktop,
  scenario: string,
  startedAt: Instant | undefined,
  takes: Millis,
  now: Instant,
): readonly ReplicationJob[] {
  if (startedAt === undefined) return []
  const item = subject.itemId.split('/').at(-1) ?? ''
  const state = now < startedAt + takes ? 'running' : 'succeeded'
  return [{ name: `${scenario}-${item}`, scenario, state, target: subject.host, items: [item], startedAt }]
}
