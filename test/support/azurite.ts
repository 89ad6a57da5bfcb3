import { afterAll, beforeAll } from 'vitest'
import { type Azurite, startAzurite } from '../../tools/azurite.ts'

let worlds = 0

/** One Azurite for the calling test file: started before its tests, ended after them. */
export function useAzurite(): {
  readonly connectionString: () => string
  /** For tables, queues and containers of one test: lower-case letters and digits, never the same twice. */
  readonly newPrefix: () => string
} {
  let azurite: Azurite | undefined
  beforeAll(async () => {
    azurite = await startAzurite()
  })
  afterAll(() => azurite?.stop())
  return {
    connectionString: () => {
      if (azurite === undefined) throw new Error('Azurite runs only while the tests of this file do')
      return azurite.connectionString
    },
    newPrefix: () => `w${process.pid.toString(36)}x${(worlds++).toString(36)}`,
  }
}
