import { describe, expect, it } from 'vitest'
import { readOptions } from '../../../sim/demo/options.ts'
import type { Played } from '../../../sim/demo/play.ts'
import { type DemoReport, faultsOf, reportLines } from '../../../sim/demo/report.ts'

const measures = {
  longestGap: 0,
  gaps: new Map(),
  failovers: 250,
  commits: 250,
  reprotects: 0,
  extensions: 0,
  associations: 0,
  starts: 0,
  mostFailoversInInterval: {},
  mostStartsInInterval: {},
}

function played(outcome: string, primaryIsDown: boolean, failed = 0): Played {
  const tally = { succeeded: 5, degraded: 1, failed, aborted: 0 }
  const report = {
    kind: 'failover',
    pairId: 'p',
    outcome,
    startedAt: 0,
    stages: [{ name: 'desktops', tally }],
    troubles: [],
  }
  return { report, view: { primaryIsDown }, events: [] } as unknown as Played
}

const demo = (changes: Partial<DemoReport> = {}): DemoReport => ({
  played: [played('succeeded', false)],
  reach: [],
  verdict: { violations: [], measures },
  comparisons: [{ what: 'failovers', product: 250, ledger: 250 }],
  unproven: { hosts: 0, users: [] },
  lateness: { underWay: 200, late: 30 },
  speed: 12,
  realTime: 60_000,
  ...changes,
})

const violation = { rule: 'usesBothSides', at: 0, subject: 'u', detail: 'd' } as const

describe('the verdict of the demo', () => {
  it.each([
    ['a success', demo(), []],
    ['a violation', demo({ verdict: { violations: [violation], measures } }), ['the ledger finds 1 violation']],
    [
      'a report that counts otherwise than the ledger',
      demo({ comparisons: [{ what: 'grants', product: 4, ledger: 5 }] }),
      ['grants: the product says 4, the ledger 5'],
    ],
    ['a partial outcome', demo({ played: [played('partial', false)] }), ['the failover of p ended as partial']],
    ['steps passed over on a dead side', demo({ played: [played('partial', true)] }), []],
    [
      'a failed task with a dead side',
      demo({ played: [played('partial', true, 1)] }),
      ['the failover of p ended as partial'],
    ],
  ])('on %s', (_, report, faults) => {
    expect(faultsOf(report)).toEqual(faults)
    expect(reportLines(report).at(-1)).toMatch(faults.length === 0 ? /^All is well/ : /^NOT WELL/)
  })

  it('tells the share of the machine', () => {
    expect(reportLines(demo()).join('\n')).toContain('about 15 %')
  })
})

describe('the options of the demo', () => {
  it.each([
    [[], { fleet: 'demo', kind: 'failover', primaryIsDown: false, keep: false }],
    [['--fleet', 'small', '--speed', '7.5', '--keep'], { fleet: 'small', speed: 7.5, keep: true }],
    [['--primary-is-down'], { primaryIsDown: true, speed: 12 }],
    [['--fleet', 'thousand'], { fleet: 'thousand', speed: 8 }],
  ])('are read from %j', (args, options) => {
    expect(readOptions(args)).toMatchObject({ kind: 'run', options })
  })

  it.each([
    [['--fleet', 'big']],
    [['--speed', 'fast']],
    [['--speed', '0']],
    [['--kind', 'drill']],
    [['--fleet', 'thousand', '--kind', 'failback']],
    [['--kind', 'failback', '--primary-is-down']],
    [['--what']],
    [['small']],
  ])('refuse %j', (args) => {
    expect(readOptions(args).kind).toBe('wrong')
  })
})
