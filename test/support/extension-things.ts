/** A machine that was failed over, its extensions, and looks of the step that puts them back. */
import type { Fault } from '../../src/lib/core/fault.ts'
import type { ExtensionToRestore, ExtensionWork } from '../../src/lib/machine/spec.ts'
import type { VmExtension, VmWithExtensions } from '../../src/lib/model/azure.ts'
import { restoreExtensions } from '../../src/lib/steps/restore-extensions.ts'
import { desktop, minute, now, pendingItem } from './step-things.ts'
import { look, type Scene, see } from './steps.ts'

export const kinds = {
  monitor: { name: 'Monitor', publisher: 'Microsoft.Azure.Monitor', type: 'AzureMonitorWindowsAgent', version: '1.10' },
  guard: { name: 'Guard', publisher: 'Microsoft.Azure.Security', type: 'IaaSAntimalware', version: '1.3' },
}
export const settings = '{"a":1,"b":{"c":2}}'
export const monitor: ExtensionToRestore = { ...kinds.monitor, enableAutomaticUpgrade: true, timeLimit: 20 * minute }
export const guard: ExtensionToRestore = { ...kinds.guard, settings, timeLimit: 20 * minute }
export const rule = { name: 'rule', ruleId: '/subscriptions/s/rules/r' }

export const work = (parts: Partial<ExtensionWork> = {}): ExtensionWork => ({
  restore: [monitor, guard],
  manual: [],
  skipped: [],
  associations: [],
  ...parts,
})
export const seen = (kind: keyof typeof kinds, parts: Partial<VmExtension> = {}): VmExtension => ({
  ...kinds[kind],
  state: 'Succeeded',
  ...(kind === 'guard' && { settings }),
  ...parts,
})
export const vm = (
  extensions: readonly VmExtension[] = [],
  parts: Partial<VmWithExtensions> = {},
): VmWithExtensions => ({
  uniqueId: 'guid',
  location: 'ukwest',
  isAgentReady: true,
  extensions,
  ...parts,
})
export const subject = { ...desktop, extensions: 0 }
export const scene = (machine: VmWithExtensions | Fault, parts: Partial<Scene> = {}, wanted = work()): Scene => ({
  subject,
  items: [pendingItem()],
  vmWithExtensions: machine,
  ...parts,
  spec: { extensionWork: [wanted], ...parts.spec },
})
/** In the middle of a part that was begun so long ago. */
export const within = (part: string, ago = 2 * minute, parts: Partial<Scene> = {}): Partial<Scene> => ({
  part,
  partSince: now - ago,
  begunAt: now - ago,
  enteredAt: now - 60 * minute,
  attempt: 1,
  ...parts,
})
export const both = [seen('monitor'), seen('guard')]

/** `notBegun put 0 1`, `underway put 1 1`, `done`: what is seen, and of which part. */
export async function told(given: Scene): Promise<string> {
  const { part } = await look(restoreExtensions, given)
  return [await see(restoreExtensions, given), ...(part === undefined ? [] : [part])].join(' ')
}
