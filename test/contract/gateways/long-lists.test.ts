/** Lists of many pages, and single entries of them, in the pipelines of the real SDK clients. */
import { describe, expect, test } from 'vitest'
import type { Budget, Request, Taken } from '../../../src/lib/azure/budget.ts'
import { endpoint, type Reply, type Sent, scripted, subscription } from './support.ts'

const pool = `/subscriptions/${subscription}/resourceGroups/rg-avd/providers/Microsoft.DesktopVirtualization/hostPools/hp-1`
const host = 'avd-pri-001.contoso.com'

function budgetOf(answer: Taken) {
  const asked: (Pick<Request, 'purpose'> & { queue: string })[] = []
  const budget: Budget = {
    async take({ purpose }, queue) {
      asked.push({ purpose, queue })
      return answer
    },
    heed: () => undefined,
  }
  return { budget, asked }
}
const taken: Taken = { kind: 'taken' }
const over: Taken = { kind: 'over', retryAfter: 1_500 }

/** As many pages of nothing; `each`: when one is answered. */
const pages =
  (count: number, each: () => void = () => undefined) =>
  ({ url }: Sent): Reply => {
    each()
    const page = Number(new URL(url).searchParams.get('page') ?? '1')
    const nextLink = `${endpoint}/subscriptions/${subscription}/more?page=${page + 1}`
    return { status: 200, body: { value: [], ...(page < count && { nextLink }) } }
  }

describe('a list of many pages', () => {
  test.each([
    ['forward work', undefined, 'forward', 'bulk'],
    ['what is urgent', 'urgent', 'urgent', 'bulk'],
    ['what nobody waits for', 'background', 'background', 'background'],
  ] as const)('of %s leaves something to others behind its first 20', async (_, purpose, first, later) => {
    const { budget, asked } = budgetOf(taken)
    const { gateways } = scripted(pages(23), { budget })
    const { avd } = (purpose && gateways.for?.(purpose)) ?? gateways
    expect((await avd.sessionHosts(pool)).kind).toBe('ok')
    expect(asked.map((one) => one.purpose)).toEqual([...Array(20).fill(first), ...Array(3).fill(later)])
    expect(new Set(asked.map(({ queue }) => queue))).toEqual(new Set(['soon']))
  })

  test('is given up after 100 s, or the Functions host would end whoever reads it', async () => {
    const world: { pass?: (ms: number) => void } = {}
    const { gateways, sent, pass } = scripted(pages(1_000, () => world.pass?.(1_000)))
    world.pass = pass
    const answer = await gateways.avd.sessionHosts(pool)
    expect(answer).toMatchObject({ kind: 'refused', fault: { code: 'timedOut', retryable: true } })
    expect(sent).toHaveLength(101)
  })
})

describe('one entry of a list', () => {
  test('is asked for by itself: a host', async () => {
    const body = { id: `${pool}/sessionHosts/${host}`, name: `hp-1/${host}`, properties: { status: 'Available' } }
    const { gateways, sent } = scripted(() => ({ status: 200, body }))
    expect(await gateways.avd.sessionHosts(pool, host)).toMatchObject({ kind: 'ok', value: [{ name: host }] })
    expect(sent.map(({ url }) => url)).toEqual([`${endpoint}${pool}/sessionHosts/${host}?api-version=2024-04-03`])
  })

  test('is asked for by itself: the sessions of a host', async () => {
    const { gateways, sent } = scripted(pages(1))
    expect(await gateways.avd.userSessions(pool, host)).toEqual({ kind: 'ok', value: [] })
    const url = `${endpoint}${pool}/sessionHosts/${host}/userSessions?api-version=2024-04-03`
    expect(sent.map((one) => one.url)).toEqual([url])
  })

  test('that is not there is no empty list', async () => {
    const { gateways } = scripted(() => ({ status: 404, body: { error: { code: 'ResourceNotFound', message: 'x' } } }))
    expect(await gateways.avd.sessionHosts(pool, host)).toMatchObject({ fault: { code: 'notFound' } })
  })

  test.each([
    ['a host', 'sessionHosts'],
    ['the sessions of a host', 'userSessions'],
  ] as const)('that could be done without is refused at once where there is no plenty: %s', async (_, list) => {
    const { budget, asked } = budgetOf(over)
    const { gateways, sent } = scripted(pages(1), { budget })
    const spare = gateways.for?.('spare') ?? gateways
    expect(await spare.avd[list](pool, host)).toMatchObject({ fault: { code: 'overBudget', retryAfter: 1_500 } })
    expect(asked).toEqual([{ purpose: 'spare', queue: 'soon' }])
    expect(sent).toEqual([])
  })
})
