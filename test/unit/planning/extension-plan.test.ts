import { describe, expect, it } from 'vitest'
import type { ExtensionSet, ExtensionsSeen } from '../../../src/lib/model/inventory.ts'
import {
  committedItem,
  extensionOf,
  now,
  personalSeen,
  planOf,
  planText,
  previewOf,
  vmIdOf,
} from '../../support/plans.ts'

const agent = extensionOf('Microsoft.Azure.Monitor/AzureMonitorWindowsAgent')
const script = extensionOf('Microsoft.Compute/CustomScriptExtension')
const join = extensionOf('Microsoft.Compute/JsonADDomainExtension')
const setOf = (...extensions: ExtensionSet['extensions']): ExtensionSet => ({ extensions, associations: [] })

/** `sets[i]` is that of `pc-<i + 1>`; undefined: nobody has seen it. */
const seenWith = (...sets: readonly (ExtensionSet | undefined)[]) => {
  const extensions: ExtensionsSeen = {
    sets: sets.flatMap((set) => set ?? []),
    baselines: Object.fromEntries(
      sets.flatMap((set, i) => {
        const index = sets.slice(0, i).filter((one) => one !== undefined).length
        const name = `pc-${i + 1}`
        return set ? [[name, { vmId: vmIdOf('rg-p', name), takenAt: now, set: index }]] : []
      }),
    ),
  }
  return { ...personalSeen, extensions }
}
const tasksOf = (preview: ReturnType<typeof previewOf>) => preview.spec?.stages.at(-1)?.tasks ?? []
const indexesOf = (preview: ReturnType<typeof previewOf>) =>
  tasksOf(preview).map((task) => (task.kind === 'desktop' ? task.extensions : undefined))

describe('what is planned for the extensions of desktops', () => {
  it('is written once for all that are alike', () => {
    const preview = previewOf({ pair: 'personal', seen: seenWith(setOf(agent), setOf(agent, script), setOf(agent)) })
    expect(indexesOf(preview)).toEqual([0, 1, 0])
    expect(preview.spec?.extensionWork).toHaveLength(2)
    expect(preview.spec?.extensionWork?.[0]?.restore).toMatchObject([{ type: 'AzureMonitorWindowsAgent' }])
  })

  it('is shown for each desktop: restored, for a person, left out', () => {
    const preview = previewOf({ pair: 'personal', seen: seenWith(setOf(agent, script, join), setOf(), setOf(agent)) })
    const shown = preview.hosts.map(({ extensions }) => preview.extensions?.[extensions ?? -1])
    expect(shown[0]).toMatchObject({
      restore: ['AzureMonitorWindowsAgent'],
      manual: [{ name: 'CustomScriptExtension' }],
      skipped: [{ name: 'JsonADDomainExtension' }],
    })
    expect(shown[1]).toEqual({ restore: [], associations: [], manual: [], skipped: [] })
    expect(shown[2]?.restore).toEqual(['AzureMonitorWindowsAgent'])
  })

  it('names desktops of which nothing is known, and moves them all the same', () => {
    const preview = previewOf({ pair: 'personal', seen: seenWith(setOf(agent), undefined, setOf(agent)) })
    expect(indexesOf(preview)).toEqual([0, undefined, 0])
    expect(preview.warnings).toMatchObject([{ code: 'extensionsUnknown', subjects: ['pc-2'] }])
  })

  it('counts what a person has to see to, once for each extension', () => {
    const preview = previewOf({ pair: 'personal', seen: seenWith(setOf(script), setOf(agent, script), setOf(agent)) })
    expect(preview.warnings).toMatchObject([
      { code: 'extensionsManual', subjects: [expect.stringMatching(/^CustomScriptExtension: .*\(2 desktops\)$/)] },
    ])
  })

  it('goes by the catalogue of the plan', () => {
    const entry = 'extensions:\n  - { extension: Microsoft.Compute/CustomScriptExtension, action: restore }\npairs:'
    const plan = planOf(planText.replace('pairs:', entry))
    const { spec } = previewOf({ pair: 'personal', plan, seen: seenWith(setOf(script), setOf(), setOf()) })
    expect(spec?.extensionWork?.[0]?.restore).toMatchObject([{ name: 'CustomScriptExtension' }])
  })

  it('leaves those out that need nothing, where extensions are all there is to do', () => {
    const items = ['pc-1', 'pc-2', 'pc-3'].map((name) => committedItem(name))
    const seen = { ...seenWith(setOf(script), setOf(join), undefined), replicatedItems: items }
    const preview = previewOf({ pair: 'personal', seen, request: { kind: 'restoreExtensions' } })
    expect(preview.hosts.map(({ decision, code }) => `${decision}: ${code}`)).toEqual([
      'in: restores',
      'skipped: nothingToRestore',
      'skipped: extensionsUnknown',
    ])
    expect(tasksOf(preview).map(({ key }) => key)).toEqual(['pc-1'])
  })

  it('is of no concern where extensions are not touched', () => {
    const seen = { ...seenWith(setOf(script), setOf(script), undefined), replicatedItems: [committedItem('pc-1')] }
    const preview = previewOf({ pair: 'personal', seen, request: { kind: 'reprotect' } })
    expect([preview.extensions, preview.spec?.extensionWork, preview.warnings]).toEqual([undefined, undefined, []])
  })
})
