/** What restoring extensions came to, for the report and whoever reads the task. */
import type { Fault } from '../../core/fault.ts'
import type { ExtensionWork } from '../../machine/spec.ts'
import type { Look, StepMemo } from '../../machine/step.ts'
import type { StepContext } from '../../ports/steps.ts'
import type { Part } from './extension-parts.ts'
import { done, faulted } from './look.ts'
import { desktopOf } from './subject.ts'

/** Undefined: nothing is known of the machine's extensions, or nothing is to be done. */
export function workOf(context: StepContext): ExtensionWork | undefined {
  const { extensions } = desktopOf(context)
  return extensions === undefined ? undefined : context.spec.extensionWork?.[extensions]
}

/** Under this a step remembers that it gave one up, and why. */
export const lostKey = (kind: Part['kind'], index: number): string =>
  kind === 'associate' ? `lostAssociation${index}` : `lost${index}`

/** Why what could not even be tried is given up. */
export const agentSilent = "the VM's agent was not ready"
export const machineUnread = 'the VM could not be read'

export function told(context: StepContext, work: ExtensionWork, memo: StepMemo): Look {
  const given = [
    ...work.restore.map(({ name }, index) => ({ name, why: memo[lostKey('put', index)] })),
    ...work.associations.map(({ name }, index) => ({ name, why: memo[lostKey('associate', index)] })),
  ]
  const lost = given.flatMap(({ name, why }) => (why === undefined ? [] : [`${name} (${why})`]))
  const missing = short(lost.join(', '), room.missing)
  const manual = short(work.manual.map(({ name }) => name).join(', '), room.manual)
  const isUntried = given.some(({ why }) => why === agentSilent || why === machineUnread)
  const facts = {
    ...(missing !== '' && { extensionsMissing: missing }),
    ...(manual !== '' && { extensionsManual: manual }),
    ...(isUntried && { extensionsUntried: true }),
  }
  if (missing === '') return { ...done(context.now, manual === '' ? undefined : `for a person: ${manual}`), facts }
  const fault: Fault = { code: 'extensionsMissing', message: `could not be restored: ${missing}`, retryable: false }
  // An operation of its own is tried again; a failover has more to do.
  if (isUntried && context.spec.kind === 'restoreExtensions') return { ...faulted(context.now, fault), facts }
  return { ...done(context.now, fault.message), lacks: fault, facts }
}

/** Facts are small, as memos are (`StepMemo`). */
const room = { missing: 500, manual: 250, memo: 400 }

/** The reason one was given up, as long as there is room for it beside those of others. */
export function shortFor(memo: StepMemo, why: string): string {
  const taken = Object.entries(memo).reduce((sum, [key, text]) => sum + (isLost(key) ? String(text).length : 0), 0)
  return short(why, Math.min(200, Math.max(30, (room.memo - taken) / 2)))
}

const isLost = (key: string): boolean => key.startsWith('lost')

/** Ends with a whole word. */
export function short(text: string, length: number): string {
  if (text.length <= length) return text
  const cut = text.slice(0, length)
  return `${cut.replace(/[\s,;(]*\s\S*$/, '') || cut}…`
}
