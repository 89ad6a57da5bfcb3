import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Instant, Millis } from '../../src/lib/core/time.ts'
import type { Lagged, SimVm } from '../arm/estate-types.ts'
import { createLagged } from '../arm/lagged.ts'
import type { Sim } from '../arm/types.ts'
import { rebootVm } from './vm-power.ts'
import { currentTurn, sample, worldOf } from './world.ts'

export type PatchRun = {
  readonly id: string
  readonly startedAt: Instant
  readonly changedAt: Instant
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'CompletedWithWarnings'
  readonly error?: { readonly code: string; readonly message: string }
}
export type Assessment = PatchRun & { readonly critical: number; readonly other: number }
export type Installation = PatchRun & {
  readonly installed: number
  readonly pending: number
  readonly failed: number
  readonly isTooLong: boolean
  readonly isRebooted: boolean
}

export type PatchState = {
  /** Updates up to this month are on the disk. */
  month: number
  running: 'assess' | 'install' | undefined
  readonly assessment: Lagged<Assessment | undefined>
  readonly installation: Lagged<Installation | undefined>
}

/** What Windows gets in a month, and how far behind an image is that nobody has patched (model values). */
const [criticalPerMonth, otherPerMonth, monthsBehind] = [2, 1, 2]
const monthLength: Millis = 30 * 24 * 3_600_000
/** The guest restarts this far into an installation that needs it (model value). */
const rebootsAfter = 0.8

export function patchesOf(sim: Sim, vm: SimVm): PatchState {
  const { patches } = worldOf(sim)
  const known = patches.get(idKey(vm.id))
  if (known) return known
  const state: PatchState = {
    month: monthOf(sim.now()) - monthsBehind,
    running: undefined,
    assessment: createLagged<Assessment | undefined>(sim, undefined),
    installation: createLagged<Installation | undefined>(sim, undefined),
  }
  patches.set(idKey(vm.id), state)
  return state
}

type Under = { readonly endsAt: Instant; readonly error: () => PatchRun['error'] }

/** The guest looks for updates. A machine that goes down meanwhile ends it as failed. */
export function assess(sim: Sim, vm: SimVm): Under {
  const state = patchesOf(sim, vm)
  const isCurrent = currentTurn(sim, vm)
  const months = monthOf(sim.now()) - state.month
  const begun = begin(sim, vm, 'assess')
  const found = { critical: months * criticalPerMonth, other: months * otherPerMonth }
  state.assessment.set({ ...begun.run, critical: 0, other: 0 })
  sim.agenda.at(begun.endsAt, () => {
    const ended = end(sim, vm, 'assess', begun.run, isCurrent())
    state.assessment.set({ ...ended, ...(ended.status === 'Succeeded' ? found : { critical: 0, other: 0 }) })
  })
  return { endsAt: begun.endsAt, error: () => state.assessment.now()?.error }
}

/** The guest installs what is missing, and restarts where it has to and may. Longer than `most` it stops half-way. */
export function install(sim: Sim, vm: SimVm, { most, mayReboot }: { most: Millis; mayReboot: boolean }): Under {
  const state = patchesOf(sim, vm)
  let isCurrent = currentTurn(sim, vm)
  const newest = monthOf(sim.now())
  const missing = (newest - state.month) * (criticalPerMonth + otherPerMonth)
  const begun = begin(sim, vm, 'install', missing === 0 ? 0.1 : 1)
  const isTooLong = begun.endsAt - sim.now() > most
  const endsAt = Math.min(begun.endsAt, sim.now() + most)
  const nothing = { installed: 0, pending: missing, failed: 0, isTooLong: false, isRebooted: false }
  const reboots = mayReboot && missing > 0 && !isTooLong
  state.installation.set({ ...begun.run, ...nothing })
  if (reboots) {
    sim.agenda.at(sim.now() + rebootsAfter * (endsAt - sim.now()), () => {
      if (isCurrent()) isCurrent = rebootVm(sim, vm)
    })
  }
  sim.agenda.at(endsAt, () => {
    const ended = end(sim, vm, 'install', begun.run, isCurrent())
    const ok = ended.status === 'Succeeded'
    if (ok && !isTooLong) state.month = newest
    const counts = ok && !isTooLong ? { installed: missing, pending: 0 } : { pending: missing }
    const status = ok && isTooLong ? ('CompletedWithWarnings' as const) : ended.status
    state.installation.set({ ...ended, status, ...nothing, ...counts, isTooLong: ok && isTooLong, isRebooted: reboots })
  })
  return { endsAt, error: () => state.installation.now()?.error }
}

function begin(sim: Sim, vm: SimVm, what: 'assess' | 'install', share = 1) {
  const { switches, random } = worldOf(sim)
  patchesOf(sim, vm).running = what
  sim.ledger.write({ kind: 'patchAccepted', vm: idKey(vm.id), what })
  const now = sim.now()
  const run: PatchRun = { id: random.uuid(), startedAt: now, changedAt: now, status: 'InProgress' }
  return { run, endsAt: now + Math.round(share * sample(sim, switches.patching[what])) }
}

function end(sim: Sim, vm: SimVm, what: 'assess' | 'install', run: PatchRun, isUp: boolean): PatchRun {
  const { switches, random } = worldOf(sim)
  const failed = random.chance(switches.patching.fails)
  patchesOf(sim, vm).running = undefined
  sim.ledger.write({ kind: 'patchEnded', vm: idKey(vm.id), what, ok: isUp && !failed })
  const ended = { ...run, changedAt: sim.now() }
  if (!isUp) return { ...ended, status: 'Failed', error: errors.wentDown }
  return failed ? { ...ended, status: 'Failed', error: errors.inGuest } : { ...ended, status: 'Succeeded' }
}

/** Words are model. */
const errors = {
  wentDown: {
    code: 'VMStoppedWhileOperationInProgress',
    message: 'The VM stopped while the operation was in progress.',
  },
  inGuest: { code: 'PackageListFailure', message: 'The Windows Update client could not search for updates.' },
}

const monthOf = (at: Instant): number => Math.floor(at / monthLength)
