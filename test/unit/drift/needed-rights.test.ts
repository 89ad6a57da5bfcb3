import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { neededRights } from '../../../src/lib/drift/needed-rights.ts'

/** Written from the actions of the gateways, which `docs.test.ts` checks. */
const page = readFileSync(new URL('../../../docs/reference/permissions.md', import.meta.url), 'utf8')
const written = new Set([...page.matchAll(/^\| `(Microsoft\.[^`]+)`/gm)].map(([, action]) => action ?? ''))
const changes = (action: string) => !action.endsWith('/read')

/** At the key vaults that a plan names, in no resource group of the pair; and those of fixes, without which every move goes. */
const besides = [
  'Microsoft.KeyVault/vaults/deploy/action',
  'Microsoft.DesktopVirtualization/applicationGroups/write',
  'Microsoft.DesktopVirtualization/applicationGroups/applications/write',
].filter((action) => written.has(action))

describe('needed rights', () => {
  test('are all that the app needs to change something, and nothing it does not ask for', () => {
    const needed = [...new Set(neededRights.map(({ action }) => action).filter(changes)), ...besides]
    expect(needed.sort()).toEqual([...written].filter(changes).sort())
  })

  test('read nothing that the app does not read', () => {
    const reads = neededRights.map(({ action }) => action).filter((action) => !changes(action))
    expect(reads.filter((action) => !written.has(action))).toEqual([])
    expect(reads).toContain('Microsoft.RecoveryServices/vaults/replicationJobs/read')
  })

  test('are each told once', () => {
    const actions = neededRights.map(({ action }) => action)
    expect(actions).toHaveLength(new Set(actions).size)
  })
})
