/** A gateway of what pairs stand on: every read by one function, for tests that say what comes of it. */
import type { Answer } from '../../src/lib/core/fault.ts'
import type { Estate } from '../../src/lib/ports/estate.ts'

export const fakeEstate = (read: <T>(name: string, value: T) => Promise<Answer<T>>): Estate => ({
  resourceGroups: () => read('resourceGroups', []),
  storageAccounts: () => read('storageAccounts', []),
  networks: () => read('networks', []),
  networkGateways: () => read('networkGateways', []),
  networkUse: () => read('networkUse', []),
  vaults: () => read('vaults', []),
  keyVaults: () => read('keyVaults', []),
  backupItems: () => read('backupItems', []),
  domainServices: () => read('domainServices', []),
  locks: () => read('locks', []),
  rights: (scope) => read('rights', { scope, rights: [] }),
  shares: () => read('shares', []),
  image: (id) => read('image', { id, replicas: [] }),
  diagnostics: () => read('diagnostics', []),
  machines: () => read('machines', []),
  osDisks: () => read('osDisks', new Map()),
})
