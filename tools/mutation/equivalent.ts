/** A mutant no test can or need tell from the original, found by its text, so that it stays known when lines move. */
export type Equivalent = {
  readonly path: string
  /** The line the mutant begins on, trimmed. */
  readonly line: string
  /** White space counts as one blank. */
  readonly from: string
  readonly to: string
  readonly reason: string
}

const unreachable = 'what the compiler asks for and never happens: '
const planning = 'src/lib/planning'
const machine = 'src/lib/machine'
const execution = 'src/lib/execution'

export const equivalents: readonly Equivalent[] = [
  {
    path: `${planning}/situation.ts`,
    line: "export const shortName = (host: string): string => hostKey(host).split('.')[0] ?? ''",
    from: "''",
    to: '"Stryker was here!"',
    reason: `${unreachable}a text split has a first part`,
  },
  {
    path: `${planning}/access-rules.ts`,
    line: "export const roleIdOf = (roleDefinitionId: string): string => idKey(roleDefinitionId).split('/').at(-1) ?? ''",
    from: "''",
    to: '"Stryker was here!"',
    reason: `${unreachable}a text split has a last part`,
  },
  {
    path: `${planning}/access-rules.ts`,
    line: '[desktopVirtualizationUser, ...(seen.rolesThatUseApplications ?? []), ...pair.acceptedRoles].map(roleIdOf),',
    from: '[]',
    to: '["Stryker was here"]',
    reason: 'without that list planning is refused, and no assignment has a role of this name',
  },
  {
    path: `${planning}/content.ts`,
    line: '.sort(([a], [b]) => (a < b ? -1 : 1))',
    from: 'a < b',
    to: 'a <= b',
    reason: 'no two keys of an object are equal',
  },
  {
    path: `${planning}/pair-checks.ts`,
    line: "const accepted = new Set(request.acceptOut === 'all' ? [] : request.acceptOut.map((name) => name.toLowerCase()))",
    from: '[]',
    to: '["Stryker was here"]',
    reason: 'not looked at when all are accepted',
  },
  {
    path: `${planning}/vm-size.ts`,
    line: "if (old) return oldCores[old[2] ?? '']",
    from: "''",
    to: '"Stryker was here!"',
    reason: `${unreachable}the group matches whenever the pattern does`,
  },
  {
    path: `${planning}/vm-size.ts`,
    line: "const [, series = '', , features = '', version = ''] = convention.exec(size) ?? []",
    from: '[]',
    to: '["Stryker was here"]',
    reason: 'the whole match, first of the list, is not used',
  },
  {
    path: `${machine}/operation.ts`,
    line: 'if (Number.isFinite(left)) draft.lookAfter = Math.min(draft.lookAfter, Math.max(left, 1_000))',
    from: 'Number.isFinite(left)',
    to: 'true',
    reason: 'the smaller of two is the same with infinity',
  },
  {
    path: `${machine}/operation.ts`,
    line: "const endedAt = before.status === 'over' ? (overAt ?? now) : now",
    from: "before.status === 'over'",
    to: 'true',
    reason: 'a stage that is not over has no such moment: this very function takes it off',
  },
  {
    path: `${machine}/operation-trouble.ts`,
    line: "if (draft.state.status !== 'asking') return",
    from: "draft.state.status !== 'asking'",
    to: 'false',
    reason: 'it is only asked while running or asking, and comes to running either way',
  },
  {
    path: `${machine}/operation-fold.ts`,
    line: 'const isAtRest = (tally: Tally, length: number): boolean => tally.open === 0 && overIn(tally) === length',
    from: 'tally.open === 0',
    to: 'true',
    reason: 'with as many over as there are, none is open',
  },
  {
    path: `${machine}/operation-questions.ts`,
    line: "return trouble === 'ask' && stage.status !== 'waiting' ? asksAbout[name]?.(state, stage, input) : undefined",
    from: "stage.status !== 'waiting'",
    to: 'true',
    reason: 'a stage that waits was not opened and is not over, which every question asks for itself',
  },
  {
    path: `${execution}/sweep.ts`,
    line: "const status = state.stages[name]?.status ?? 'waiting'",
    from: "'waiting'",
    to: '""',
    reason: 'it is only asked whether the stage is open or over',
  },
  {
    path: `${execution}/sweep.ts`,
    line: "if (glance.status === 'open') return isLate",
    from: "glance.status === 'open'",
    to: 'false',
    reason: 'of the open ones only those are read that are late, and they count as released',
  },
  {
    path: `${execution}/conclude.ts`,
    line: 'const leftOn = isMoved ? await hostsLeftOn(world, record.pairId, spec.target) : []',
    from: '[]',
    to: '["Stryker was here"]',
    reason: 'not looked at where nobody was moved',
  },
  {
    path: `${execution}/tick-task.ts`,
    line: `const key = \`\${step.limits.paced}:\${step.limiter?.(context) ?? ''}\``,
    from: "''",
    to: '"Stryker was here!"',
    reason: `${unreachable}every step that is paced has a limiter`,
  },
  {
    path: `${execution}/tick-task.ts`,
    line: "step: stepNote(place, decision).step ?? '',",
    from: "''",
    to: '"Stryker was here!"',
    reason: `${unreachable}a begin of no step was refused before`,
  },
  {
    path: `${execution}/tick-task.ts`,
    line: "if (!call) throw new Error('a begin was decided for a step that is not there')",
    from: "'a begin was decided for a step that is not there'",
    to: '""',
    reason: `${unreachable}a step is found before it is decided to begin it`,
  },
  {
    path: `${execution}/fold-wakes.ts`,
    line: 'for (let i = 0; i < results.length; i += savesAtOnce)',
    from: 'i < results.length',
    to: 'i <= results.length',
    reason: 'a slice behind the end is empty',
  },
  {
    path: `${execution}/tick-operation.ts`,
    line: 'for (let i = 0; i < tasks.length; i += sendConcurrency)',
    from: 'i < tasks.length',
    to: 'i <= tasks.length',
    reason: 'a slice behind the end is empty',
  },
  {
    path: `${execution}/tasks-for-report.ts`,
    line: 'for (const stage of stages.toSorted((a, b) => (a.name < b.name ? -1 : 1)))',
    from: 'a.name < b.name',
    to: 'a.name <= b.name',
    reason: 'no two stages have one name',
  },
  {
    path: `${execution}/fleet-view.ts`,
    line: 'power(subscription.toLowerCase(), () => compute.powerStates(subscription), notBefore),',
    from: 'subscription.toLowerCase()',
    to: 'subscription.toUpperCase()',
    reason: 'either way ids in another letter case are one list',
  },
  {
    path: `${execution}/pacer.ts`,
    line: 'const start = free.length === 0 ? 0 : hash(holder) % free.length',
    from: 'free.length === 0',
    to: 'false',
    reason: 'where nothing is free nothing is tried',
  },
  {
    path: `${execution}/refresh-listing.ts`,
    line: '{ have = -1 }: Want,',
    from: '-1',
    to: '+1',
    reason: 'nothing was listed in the first two milliseconds of 1970',
  },
  {
    path: `${execution}/tick-task.ts`,
    line: 'return isOpen && intentOf(now.value.state, stage, { spec }) === before && record.retries <= now.value.state.retries',
    from: 'record.retries <= now.value.state.retries',
    to: 'true',
    reason: 'a row has its number from an operation that was read before, and that number only grows',
  },
]
