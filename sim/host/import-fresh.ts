import { registerHooks } from 'node:module'

const parameter = 'local-host-instance'
const state = { count: 0, isHooked: false }

/**
 * Imports a module and everything of the project it imports anew, so that two hosts in one process share no module
 * state; packages are shared. For plain Node: a test runner with a module loader of its own does not come by here.
 */
export async function importFresh(url: URL): Promise<unknown> {
  hook()
  state.count += 1
  const fresh = new URL(url)
  fresh.searchParams.set(parameter, String(state.count))
  return import(fresh.href)
}

function hook(): void {
  if (state.isHooked) return
  state.isHooked = true
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context)
      const instance = context.parentURL?.startsWith('file:')
        ? new URL(context.parentURL).searchParams.get(parameter)
        : null
      if (!instance || !resolved.url.startsWith('file:') || resolved.url.includes('/node_modules/')) return resolved
      const fresh = new URL(resolved.url)
      fresh.searchParams.set(parameter, instance)
      return { ...resolved, url: fresh.href }
    },
  })
}
