import type { RuleContext } from './rule.ts'

/** What several rules ask of the same context is worked out once: with 10,000 hosts that is most of the time they take. */
export function oncePer<T>(make: (context: RuleContext) => T): (context: RuleContext) => T {
  const made = new WeakMap<RuleContext, { readonly value: T }>()
  return (context) => {
    const known = made.get(context)
    if (known) return known.value
    const value = make(context)
    made.set(context, { value })
    return value
  }
}
