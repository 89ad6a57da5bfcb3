import { surroundingsOf } from '../estate/surroundings.ts'
import type { Placement } from './placement.ts'
import type { Sim, SimAnswer } from './types.ts'

/** What comes back from a region that is dead. Nothing of it ever has an effect there. */
export function deadAnswer(sim: Sim, { region = '' }: Placement): SimAnswer {
  const death = surroundingsOf(sim).deaths.get(region) ?? 'silent'
  if (death === 'silent') return 'hang'
  if (death === 'unreachable') return 'noConnection'
  return sim.random.pick(nonsense)
}

/** A gateway's page, half a document, a list that is none, and errors without a word. */
const nonsense: readonly SimAnswer[] = [
  { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><body>It works!</body></html>' },
  { status: 200, body: '{"value":[{"id":"/subscriptions/' },
  { status: 200, body: { value: null } },
  { status: 200, body: null },
  { status: 502, headers: { 'content-type': 'text/html' }, body: '<html><body>Bad gateway</body></html>' },
  { status: 500 },
]
