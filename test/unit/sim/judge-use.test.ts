import { expect, test } from 'vitest'
import { accessBegan, accessEnded, at, desk, pair, pool, verdictOn } from './judge-story.ts'

const host = { pool: pool.secondary, host: 's-1' }
const ready = (seconds: number) => at(seconds, { kind: 'hostReady', ...host })
const undrained = (seconds: number) => at(seconds, { kind: 'drainSet', ...host, allowNewSession: true })
const opened = (seconds: number, user: string, where: string = pool.secondary) =>
  at(seconds, { kind: 'sessionOpened', pool: where, host: 'x', user, session: `s${seconds}` })
const ended = (seconds: number, user: string, session: string, where: string = pool.primary) =>
  at(seconds, { kind: 'sessionEnded', pool: where, host: 'x', user, session })

test('a move in which access ends, sessions end and then access begins breaks nothing', () => {
  const events = [
    ready(1),
    undrained(2),
    accessEnded(300, 'sales', desk.primary),
    accessEnded(301, 'legal', desk.primary.replace('desk', 'apps')),
    ended(310, 'ben@contoso.example', '1'),
    accessBegan(400, 'sales', desk.secondary),
    opened(500, 'ben@contoso.example'),
  ]
  expect(verdictOn(events).broken).toEqual([])
})

test('access on both sides counts from the moment a host of each takes new sessions', () => {
  const events = [accessBegan(10, 'sales', desk.secondary), ready(20), undrained(30)]
  expect(verdictOn(events).broken).toEqual(['usesBothSides ann 30', 'usesBothSides ben 30'])
  expect(verdictOn(events.slice(0, 2)).broken).toEqual([])
})

test('a host that takes no new sessions, or does not run, lets nobody in', () => {
  const drain = at(5, { kind: 'drainSet', pool: pool.primary.toLowerCase(), host: 'P-1', allowNewSession: false })
  const lost = at(5, { kind: 'hostGone', pool: pool.primary, host: 'p-1' })
  const move = [accessBegan(10, 'sales', desk.secondary), ready(20), undrained(30)]
  // Ben still has his session open on the primary; Ann has none.
  expect(verdictOn([drain, ...move]).broken).toEqual(['usesBothSides ben 30'])
  expect(verdictOn([lost, ended(6, 'ben', '1'), ...move]).broken).toEqual([])
})

test('an open session is use, assignment or not', () => {
  const events = [
    accessEnded(5, 'sales', desk.primary),
    ready(10),
    undrained(11),
    accessBegan(20, 'sales', desk.secondary),
  ]
  const { broken } = verdictOn(events)
  expect(broken).toContain('usesBothSides ben 20')
  expect(verdictOn([...events, ended(15, 'ben', '1')]).broken).not.toContain('usesBothSides ben 20')
})

test('a session event that comes twice counts once', () => {
  const events = [
    opened(5, 'guest'),
    { ...opened(5, 'guest'), at: 6_000 },
    ended(7, 'guest', 's5', pool.secondary),
    opened(9, 'guest', pool.primary),
  ]
  expect(verdictOn(events).broken).toEqual([])
})

test('each time it begins again it is another violation', () => {
  const events = [
    accessBegan(10, 'ben', desk.secondary),
    ready(20),
    undrained(30),
    at(40, { kind: 'hostGone', ...host }),
    ready(50),
  ]
  expect(verdictOn(events).broken).toEqual(['usesBothSides ben 30', 'usesBothSides ben 50'])
})

test('users who were named as accepted may meet both sides', () => {
  const events = [accessBegan(10, 'sales', desk.secondary), ready(20), undrained(30)]
  expect(verdictOn(events, { allowBothSides: ['BEN@contoso.example'] }).broken).toEqual(['usesBothSides ann 30'])
})

test('a pair that shares its pool, or is used on both sides, is not judged', () => {
  const events = [accessBegan(10, 'sales', desk.secondary), ready(20), undrained(30)]
  expect(verdictOn(events, { pairs: [{ ...pair, strategy: 'activeActive' }] }).broken).toEqual([])
  const spanning = { ...pair, secondary: { ...pair.secondary, hostPools: [pool.primary.toUpperCase()] } }
  expect(verdictOn(events, { pairs: [spanning] }).broken).toEqual([])
})
