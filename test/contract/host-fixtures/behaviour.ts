import type { InvocationContext } from '@azure/functions'

export type Call = { readonly value: unknown; readonly context: InvocationContext }

/** What the test wants each invocation to do; set by every test. */
export const behaviour: { run: (call: Call) => Promise<unknown> } = { run: async () => undefined }
