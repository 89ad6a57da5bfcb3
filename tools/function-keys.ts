import type { AccessKeys } from '../sim/host/keys.ts'
import type { LoadedApp } from '../sim/host/load-app.ts'

/** Function keys as a deployment sets them: `reading` opens what only looks, `changing` opens every function. */
export function functionKeys(
  app: Pick<LoadedApp, 'functions'>,
  { reading, changing }: { readonly reading: string; readonly changing: string },
): AccessKeys {
  const functions = [...app.functions.values()].flatMap(({ name, bindings }) => {
    const trigger = Object.values(bindings).find(({ type }) => type === 'httpTrigger')
    if (!trigger) return []
    const methods = Array.isArray(trigger.methods) ? trigger.methods.map((method) => String(method).toUpperCase()) : []
    const isReading = methods.every((method) => method === 'GET')
    return [[name, isReading ? { reading, changing } : { changing }] as const]
  })
  return { functions: Object.fromEntries(functions) }
}
