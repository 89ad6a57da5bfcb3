import { describe, expect, test } from 'vitest'
import { readPlan } from '../../../src/lib/plan/read-plan.ts'
import { planText } from '../../support/plans.ts'

const withBlock = (block: string) =>
  planText.replace('strategy: pooledStandby', `strategy: pooledStandby\n    keepAlive: ${block}`)

const problemsOf = (block: string) => {
  const read = readPlan(withBlock(block))
  return read.ok ? [] : read.problems.map(({ path, problem, right }) => `${path} ${problem}; ${right}`)
}

const template =
  '/subscriptions/3b6f9d52-7c1e-4a85-9f20-5d8e6a4c1b70/resourceGroups/rg/providers/Microsoft.Resources/templateSpecs/host/versions/1.0'

describe('keeping hosts alive', () => {
  test('is off in a plan that does not speak of it', () => {
    const read = readPlan(planText)
    expect(read.ok && read.plan.pairs.map((pair) => 'keepAlive' in pair)).toEqual([false, false])
  })

  test('has a default for everything', () => {
    const read = readPlan(withBlock('{}'))
    expect(read.ok && read.plan.pairs[0]?.keepAlive).toEqual({
      every: 25 * 86_400_000,
      warnAfter: 60 * 86_400_000,
      stayOn: 7_200_000,
      maxOnTime: 28_800_000,
      window: {
        days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
        from: 72_000_000,
        to: 21_600_000,
        timeZone: 'UTC',
      },
      maxConcurrent: 20,
      maxPerDay: 100,
      patches: 'assess',
      repair: 'propose',
    })
  })

  const k = 'pairs[0].keepAlive'
  test.each([
    [
      '{ every: 61 d }',
      [
        `${k}.every is "61 d"; a length of time from 1 d to 60 d, e.g. 10 min or PT10M: a host that was off for 90 d has lost its registration`,
      ],
    ],
    [
      '{ stayOn: 19 min }',
      [expect.stringMatching(/keepAlive\.stayOn is "19 min"; .* from 20 min to .*Microsoft asks for 20 min at least/)],
    ],
    ['{ warnAfter: 90 d }', [expect.stringMatching(/warnAfter is "90 d"; .* to 89 d.*90 d has lost/)]],
    ['{ warnAfter: 26 d }', [`${k}.warnAfter is "26 d"; at least every and 2 d, 27 d: a host may wait for the window`]],
    ['{ maxOnTime: 3 h }', [`${k}.maxOnTime is "3 h"; more than stayOn and 1 h, 3 h: booting and patching take time`]],
    [
      '{ window: { from: "22:00", to: "22:00" } }',
      [`${k}.window.to is "22:00"; another time than from: such a window is empty; a whole day is 00:00 to 24:00`],
    ],
    ['{ window: { days: [] } }', [`${k}.window.days is a list of 0; a list of 1 to 7 days of the week`]],
    [
      '{ window: { from: "22:00", to: "00:29" } }',
      [`${k}.window.to is "00:29"; a window of 2 h 30 min at least, stayOn and 30 min: it has 2 h 29 min`],
    ],
    [
      '{ every: 6 d, window: { days: [sat] } }',
      [`${k}.window.days is a list of 1; days at most every, 6 d, apart: they are up to 7 d apart`],
    ],
    [
      '{ window: { from: "24:01" } }',
      [`${k}.window.from is "24:01"; a time of day from 00:00 to 24:00, with its quotes: "22:30"`],
    ],
    [
      '{ window: { timeZone: Mars/Olympus } }',
      [`${k}.window.timeZone is "Mars/Olympus"; a time zone of the IANA database, e.g. Europe/London or UTC`],
    ],
    [
      '{ window: { timeZone: "+01:00" } }',
      [expect.stringMatching(/timeZone is "\+01:00"; a time zone of the IANA database/)],
    ],
    [
      '{ maxConcurrent: 0, maxPerDay: 0 }',
      [`${k}.maxConcurrent is 0; a whole number from 1 to 1000`, `${k}.maxPerDay is 0; a whole number from 1 to 10000`],
    ],
    [
      '{ repair: replace }',
      [expect.stringMatching(/template is missing; the id of a template spec version: with repair: replace a host is/)],
    ],
    [
      '{ repair: replace, template: /subscriptions/x/templateSpecs/host }',
      [expect.stringMatching(/template is ".*"; the id of a template spec version: \/subscriptions/)],
    ],
    ['{ evry: 20 d }', [`${k}.evry is not an option; did you mean every?`]],
  ])('%s is refused with the reason', (block, problems) => {
    expect(problemsOf(block)).toEqual(problems)
  })

  test.each([
    '{ every: 60 d, warnAfter: 62 d }',
    '{ stayOn: 20 min, maxOnTime: 81 min, window: { from: "23:30", to: "00:20" } }',
    '{ every: 7 d, window: { days: [sun] } }',
    '{ window: { from: "00:00", to: "24:00", timeZone: America/Sao_Paulo } }',
    '{ every: 3 d, window: { days: [mon, wed, fri, sun] } }',
    `{ repair: replace, template: ${template} }`,
    `{ template: ${template} }`,
  ])('%s is taken', (block) => {
    expect(problemsOf(block)).toEqual([])
  })
})
