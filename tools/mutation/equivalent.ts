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
]
