import { type Instant, isoOf, minutes, seconds } from '../../src/lib/core/time.ts'
import { type HostClock, pause } from './clock.ts'
import type { RpcTypedData } from './core-types.ts'
import { messageOf, type Say } from './log.ts'
import type { Schedule } from './ncrontab.ts'
import type { Listener } from './queue-listener.ts'
import type { TimerStatus, TimerStore } from './timer-store.ts'

/** SingletonOptions.ListenerLockPeriod and ListenerLockRecoveryPollingInterval. */
const lease = { length: minutes(1), renewal: seconds(30), nextTry: minutes(1) }
/** What the host's library answers for "never": 9999-12-31T23:59:59. */
const never: Instant = 253_402_300_799_000

export type TimerListenerOptions = {
  readonly name: string
  readonly schedule: Schedule
  readonly runOnStartup: boolean
  /** Tells the instances of an app apart. */
  readonly holder: string
  readonly store: TimerStore
  readonly clock: HostClock
  readonly say: Say
  readonly invoke: (timer: RpcTypedData) => Promise<boolean>
}
export type TimerListener = Listener & {
  /** Runs the function now, after the run that is under way. Whether it succeeded. */
  readonly run: () => Promise<boolean>
}
type Reason = 'schedule' | 'pastDue' | 'startup'

/** Runs a timer as TimerListener of the WebJobs extensions does: one run at a time, one host at a time. */
export function startTimerListener(options: TimerListenerOptions): TimerListener {
  const { clock, schedule, store, name, holder } = options
  const stopping = new AbortController()
  const next = (after: Instant) => schedule.next(after) ?? never
  let status: TimerStatus = untouched(next(clock.now()))
  let turn: Promise<unknown> = Promise.resolve()

  const runOnce = async (reason: Reason): Promise<boolean> => {
    const started = clock.now()
    const isDone = await options.invoke(timerInfo(schedule, status, reason === 'pastDue'))
    if (stopping.signal.reason === 'killed') return isDone
    // A run that came early counts for its moment, or that moment would come twice.
    const last = reason === 'schedule' ? Math.max(started, status.next) : started
    status = { last, next: next(last), updated: last }
    if (schedule.isMonitored) await store.write(name, status)
    return isDone
  }
  const inTurn = (reason: Reason): Promise<boolean> => {
    const mine = turn.then(() => runOnce(reason))
    turn = mine.catch((error) => options.say('error', `Timer '${name}': ${messageOf(error)}`))
    return mine
  }

  const keepTime = async () => {
    if (!(await takeLease(options, stopping.signal))) return
    const renewing = renewLease(options, stopping.signal)
    const found = schedule.isMonitored ? await checkStatus(options, next) : undefined
    status = found?.status ?? untouched(next(clock.now()))
    if (found?.isPastDue) await inTurn('pastDue').catch(() => false)
    else if (options.runOnStartup) await inTurn('startup').catch(() => false)
    while (!stopping.signal.aborted) {
      await pause(clock, status.next - clock.now(), stopping.signal)
      if (!stopping.signal.aborted) await inTurn('schedule').catch(() => false)
    }
    await renewing
  }
  const keeping = keepTime().catch((error) => options.say('error', `Timer '${name}' stopped: ${messageOf(error)}`))

  return {
    run: () => inTurn('startup'),
    async stop(drain) {
      stopping.abort(drain ? 'drained' : 'killed')
      if (!drain) return
      await keeping
      await turn
      await store.release(name, holder)
    },
  }
}

const untouched = (next: Instant): TimerStatus => ({ last: undefined, next, updated: undefined })

async function takeLease(options: TimerListenerOptions, stopping: AbortSignal): Promise<boolean> {
  while (!stopping.aborted) {
    if (await options.store.lease(options.name, options.holder, lease.length)) return true
    await pause(options.clock, lease.nextTry, stopping)
  }
  return false
}

async function renewLease(options: TimerListenerOptions, stopping: AbortSignal): Promise<void> {
  for (;;) {
    await pause(options.clock, lease.renewal, stopping)
    if (stopping.aborted) return
    const isHeld = await options.store.lease(options.name, options.holder, lease.length).catch(() => false)
    // The host goes on all the same, and two run the timer (azure-webjobs-sdk-extensions#2968).
    if (!isHeld) options.say('error', `Singleton lock renewal failed for timer '${options.name}'.`)
  }
}

/** StorageScheduleMonitor.CheckPastDueAsync. */
async function checkStatus(
  options: TimerListenerOptions,
  next: (after: Instant) => Instant,
): Promise<{ readonly status: TimerStatus; readonly isPastDue: boolean } | undefined> {
  const now = options.clock.now()
  const stored = await options.store.read(options.name)
  if (!stored) {
    await options.store.write(options.name, { last: undefined, next: next(now), updated: now })
    return undefined
  }
  const since = stored.last ?? now
  const expected = next(since)
  if (stored.next === expected) return { status: stored, isPastDue: now > stored.next }
  // Another schedule than before: what it would have missed is not past due.
  const isOver = now > expected
  const status = { last: undefined, next: isOver ? next(now) : expected, updated: isOver ? now : since }
  await options.store.write(options.name, status)
  return { status, isPastDue: false }
}

function timerInfo(schedule: Schedule, status: TimerStatus, isPastDue: boolean): RpcTypedData {
  const at = (moment: Instant | undefined) =>
    moment === undefined ? '0001-01-01T00:00:00+00:00' : isoOf(moment).replace('Z', '+00:00')
  const kept = { Last: at(status.last), Next: at(status.next), LastUpdated: at(status.updated) }
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: schedule.isMonitored ? kept : null,
      IsPastDue: isPastDue,
    }),
  }
}
