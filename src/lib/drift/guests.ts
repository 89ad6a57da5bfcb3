/** What the machines of a side say of FSLogix, for the rules about it. */
import { type GuestFslogix, guestFslogixOf } from './guest.ts'
import { type Side, someOf } from './next-move.ts'
import { couldNotCheck, type Part, well } from './outcome.ts'
import type { Outcome, RuleContext } from './rule.ts'
import { machinesOfSide } from './session-machines.ts'

export type Told<T> = {
  readonly told: readonly { readonly name: string; readonly value: T }[]
  /** Machines that say nothing of it. */
  readonly silent: readonly string[]
}

export function guestsOn<T>(
  context: RuleContext,
  side: Side,
  pick: (facts: GuestFslogix) => T | undefined,
): Part<Told<T>> {
  const machines = machinesOfSide(context, side)
  if (machines.kind === 'unseen') return machines
  const all = machines.value.map(({ name, tags }) => {
    const facts = guestFslogixOf(tags)
    return { name, value: facts && pick(facts) }
  })
  return {
    kind: 'seen',
    value: {
      told: all.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }])),
      silent: all.flatMap(({ name, value }) => (value === undefined ? [name] : [])),
    },
  }
}

/** One for all of a side: they mostly lack the same script. */
export const silence = ({ told, silent }: Told<unknown>, subject: string): Outcome =>
  silent.length === 0
    ? well
    : couldNotCheck(
        `${silent.length} of ${silent.length + told.length} machines do not say it by their tag avd-dr-fslogix: ${someOf(silent)}`,
        subject,
      )

export const named = (all: readonly { readonly name: string }[]): string => someOf(all.map(({ name }) => name))
