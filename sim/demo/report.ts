/** The end of the demo, for people: how long it took, who can reach what, and what the ledger says. */
import { type Millis, spell } from '../../src/lib/core/time.ts'
import type { Verdict, Violation } from '../judge/types.ts'
import type { Lateness, Played } from './play.ts'
import type { Reach } from './reach.ts'
import { plural, someOf, table } from './text.ts'
import type { Comparison } from './verdict.ts'

export type DemoReport = {
  readonly played: readonly Played[]
  readonly reach: readonly Reach[]
  readonly verdict: Verdict
  readonly comparisons: readonly Comparison[]
  /** Users whose sign-out nobody could prove. */
  readonly unproven: { readonly hosts: number; readonly users: readonly string[] }
  readonly lateness: Lateness
  readonly speed: number
  /** Real milliseconds from the first start to the end of the last operation. */
  readonly realTime: Millis
}

/** Empty: everything went as it should. */
export function faultsOf({ played, verdict, comparisons }: DemoReport): readonly string[] {
  const unsuccessful = played.filter((one) => !isAsExpected(one))
  const apart = comparisons.filter(({ product, ledger }) => product !== ledger)
  return [
    ...unsuccessful.map(({ report }) => `the ${report.kind} of ${report.pairId} ended as ${report.outcome}`),
    ...(verdict.violations.length > 0 ? [`the ledger finds ${plural(verdict.violations.length, 'violation')}`] : []),
    ...apart.map(({ what, product, ledger }) => `${what}: the product says ${product}, the ledger ${ledger}`),
  ]
}

/** On a side that is down some steps can only be passed over: nothing has failed, but not everything was done. */
const isAsExpected = ({ report, view }: Played): boolean =>
  report.outcome === 'succeeded' ||
  (view.primaryIsDown &&
    report.outcome === 'partial' &&
    report.stages.every(({ tally }) => tally.failed + tally.aborted === 0))

export function reportLines(demo: DemoReport): string[] {
  const faults = faultsOf(demo)
  return [
    '',
    'RECOVERY TIME, in simulated time',
    ...indented(recoveryLines(demo)),
    '',
    'WHAT EACH GROUP CAN REACH NOW, read from the simulated Azure',
    ...indented(reachLines(demo.reach)),
    ...unprovenLines(demo),
    '',
    'THE LEDGER of the simulated Azure, and what the product says',
    ...indented(ledgerLines(demo)),
    '',
    'THIS MACHINE',
    ...indented(machineLines(demo)),
    '',
    faults.length === 0 ? 'All is well.' : `NOT WELL: ${faults.join('; ')}`,
  ]
}

function recoveryLines({ played, realTime, speed }: DemoReport): string[] {
  const rows = played.map(({ report }) => {
    const { recoveryTime: spread, duration = 0 } = report
    const spreads = spread ? [spread.p50, spread.p99, spread.max].map(spell) : ['', '', '']
    return [`${report.pairId} ${report.kind}`, report.outcome, String(spread?.count ?? 0), ...spreads, spell(duration)]
  })
  const starts = played.map(({ report }) => report.startedAt)
  const ends = played.map(({ report }) => report.endedAt ?? report.startedAt)
  const run = Math.max(...ends) - Math.min(...starts)
  const gaps = played.flatMap(({ report }) =>
    report.accessGap === undefined ? [] : [`${report.pairId} ${report.kind}: ${spell(report.accessGap)}`],
  )
  return [
    ...table([['', 'outcome', 'hosts', 'p50', 'p99', 'max', 'operation'], ...rows], [2, 3, 4, 5, 6]),
    `the run: ${spell(run)}, which took ${spell(realTime)} at ${speed} ×`,
    ...passedOverLines(played),
    ...(gaps.length > 0 ? [`from the first revoke to the last grant: ${gaps.join(', ')}`] : []),
  ]
}

const reachLines = (reach: readonly Reach[]): string[] =>
  table(
    reach.map(({ group, users, applicationGroups, pending, hosts }) => [
      group,
      plural(users, 'user'),
      applicationGroups.join(', ') || 'nothing',
      pending > 0 ? `${hosts} (${pending} not in force yet)` : hosts,
    ]),
    [1],
  )

/** Steps that nobody on the side that is down could be asked for. */
function passedOverLines(played: readonly Played[]): string[] {
  return played.flatMap(({ report }) => {
    const counts = new Map<string, number>()
    for (const step of report.troubles.flatMap(({ passedOver }) => passedOver))
      counts.set(step, (counts.get(step) ?? 0) + 1)
    const steps = [...counts].map(([step, count]) => `${step} on ${plural(count, 'host')}`)
    return steps.length > 0 ? [`${report.pairId} ${report.kind} passed over: ${steps.join(', ')}`] : []
  })
}

function unprovenLines({ unproven: { hosts, users } }: DemoReport): string[] {
  if (hosts === 0) return []
  return [
    `  Sign-out could not be proven on ${plural(hosts, 'host')} of the side that is down; it was accepted with the request.`,
    `  ${users.length === 1 ? 'Its user' : `Their ${users.length} users`} may meet a locked profile: ${someOf(users, 4)}`,
  ]
}

function ledgerLines({ verdict, comparisons }: DemoReport): string[] {
  const { measures, violations } = verdict
  const most = [
    ...Object.values(measures.mostFailoversInInterval).map((count) => `${count} failovers`),
    ...Object.values(measures.mostStartsInInterval).map((count) => `${count} starts`),
  ]
  const rows = comparisons
    .filter(({ product, ledger }) => product + ledger > 0)
    .map(({ what, product, ledger }) => [
      what,
      `ledger ${ledger}`,
      `product ${product}`,
      product === ledger ? 'agree' : 'DO NOT AGREE',
    ])
  return [
    ...table(rows),
    ...(most.length > 0 ? [`most within one batch interval, per limiter: ${most.join(', ')}`] : []),
    ...(measures.longestGap > 0 ? [`longest time a user had neither side: ${spell(measures.longestGap)}`] : []),
    violations.length === 0 ? 'no violation' : `${plural(violations.length, 'VIOLATION', 'VIOLATIONS')}:`,
    ...violations.slice(0, 10).map(violationLine),
  ]
}

const violationLine = ({ rule, subject, detail }: Violation): string => `  ${rule}: ${subject}: ${detail}`

/** At so many times the speed each millisecond of work counts as so many. */
function machineLines({ lateness: { underWay, late }, speed }: DemoReport): string[] {
  const share = underWay === 0 ? 0 : (100 * late) / underWay
  return [
    `its own share of the times above is about ${share.toFixed(0)} %: the part of their time in which tasks were due`,
    `and waited (over 3 s) for this machine, whose work counts ${speed}-fold; a smaller --speed makes it less`,
  ]
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`)
