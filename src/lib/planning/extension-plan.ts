/** What the extensions of each desktop need after its move, from the baseline of its machine. Most desktops share one set. */
import { orderedJson } from '../core/ordered-json.ts'
import { catalogueOf } from '../extensions/catalogue.ts'
import { workOf } from '../extensions/work.ts'
import type { ExtensionWork } from '../machine/spec.ts'
import { type ExtensionsInPreview, notice, type Weighed } from './preview.ts'
import type { Situation } from './situation.ts'

export type ExtensionPlan = {
  /** Index into `work`; undefined where no inventory has seen the machine with its extensions. */
  readonly indexOf: (vmName: string) => number | undefined
  /** In the order in which it was first asked for. */
  readonly work: readonly ExtensionWork[]
}

export function planExtensions({ plan, seen }: Situation): ExtensionPlan {
  const catalogue = catalogueOf(plan.extensions)
  const { sets = [], baselines = {} } = seen.extensions ?? {}
  const work: ExtensionWork[] = []
  const known = new Map<string, number>()
  const ofSet = new Map<number, number>()
  const add = (one: ExtensionWork): number => {
    const text = orderedJson(one)
    const index = known.get(text) ?? work.push(one) - 1
    known.set(text, index)
    return index
  }
  const indexOf = (vmName: string) => {
    const number = baselines[vmName.toLowerCase()]?.set
    const set = number === undefined ? undefined : sets[number]
    if (number === undefined || !set) return undefined
    const index = ofSet.get(number) ?? add(workOf(set, catalogue))
    ofSet.set(number, index)
    return index
  }
  return { indexOf, work }
}

/** There is something to do, or somebody to tell. */
export const isWork = ({ restore, associations, manual }: ExtensionWork): boolean =>
  restore.length + associations.length + manual.length > 0

type Planned = { readonly host: string; readonly extensions?: number }

export function extensionNotices(work: readonly ExtensionWork[], desktops: readonly Planned[]): readonly Weighed[] {
  const unknown = desktops.filter(({ extensions }) => extensions === undefined).map(({ host }) => host)
  const count = new Map<string, number>()
  for (const { extensions } of desktops)
    for (const { name, reason } of extensions === undefined ? [] : (work[extensions]?.manual ?? []))
      count.set(`${name}: ${reason}`, (count.get(`${name}: ${reason}`) ?? 0) + 1)
  return [
    ...(count.size === 0 ? [] : [notice('warns', 'extensionsManual', manualText, [...count].map(told))]),
    ...(unknown.length === 0 ? [] : [notice('warns', 'extensionsUnknown', unknownText, unknown)]),
  ]
}

const manualText = 'These extensions are not restored: a person has to see to them on each desktop.'
const unknownText = 'No inventory has seen their extensions: none will be restored.'

const told = ([what, desktops]: readonly [string, number]): string => `${what} (${desktops} desktops)`

export const shownWork = ({ restore, associations, manual, skipped }: ExtensionWork): ExtensionsInPreview => ({
  restore: restore.map(({ name }) => name),
  associations: associations.map(({ name }) => name),
  manual,
  skipped,
})
