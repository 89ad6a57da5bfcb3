/** For the codes that only replicated desktops know: a story in which each is said, where, and about whom. */
import type { NoticeCode } from '../../src/lib/planning/preview.ts'
import { committedItem, extensionOf, personalSeen, planOf, planText, type Story } from './plans.ts'

type Place = 'refusals' | 'findings' | 'warnings'
export type NoticeStory = {
  readonly story: Story
  readonly in: Place
  readonly subjects: readonly string[]
  /** Where it is with the primary down; undefined: the row is about one state of the primary alone. */
  readonly down?: Place | 'nowhere'
}

const withoutCache = planOf(planText.replace(/ {4}reprotect:\n.*\n/, ''))
const withScript = {
  ...personalSeen,
  extensions: {
    sets: [{ extensions: [extensionOf('Microsoft.Compute/CustomScriptExtension')], associations: [] }],
    baselines: personalSeen.extensions?.baselines ?? {},
  },
}
const allMoved = { ...personalSeen, replicatedItems: ['pc-1', 'pc-2', 'pc-3'].map((name) => committedItem(name)) }

export const replicatedStories = {
  noCacheStorage: {
    story: { pair: 'personal', plan: withoutCache, seen: allMoved, request: { kind: 'reprotect' } },
    in: 'refusals',
    subjects: [],
    down: 'refusals',
  },
  extensionsManual: {
    story: { pair: 'personal', seen: withScript },
    in: 'warnings',
    subjects: ['CustomScriptExtension: It would run its script once more. (3 desktops)'],
    down: 'warnings',
  },
  extensionsUnknown: {
    story: { pair: 'personal', seen: { ...personalSeen, extensions: { sets: [], baselines: {} } } },
    in: 'warnings',
    subjects: ['pc-1', 'pc-2', 'pc-3'],
    down: 'warnings',
  },
  recoveryPointOlder: {
    story: { pair: 'personal', request: { recoveryPoint: 'latestAppConsistent' } },
    in: 'warnings',
    subjects: ['latestAppConsistent'],
    down: 'warnings',
  },
} satisfies Partial<Record<NoticeCode, NoticeStory>>
