/** The request budget in the pipelines of the real SDK clients, both generations of them. */
import { describe, expect, test } from 'vitest'
import type { Budget, Request, Taken } from '../../../src/lib/azure/budget.ts'
import type { Answer } from '../../../src/lib/core/fault.ts'
import type { Gateways } from '../../../src/lib/ports/gateways.ts'
import { endpoint, type Reply, type Sent, scripted, settle, subscription } from './support.ts'

const group = `/subscriptions/${subscription}/resourceGroups/rg-avd/providers`
const pool = `${group}/Microsoft.DesktopVirtualization/hostPools/hp-primary`
const vm = `${group}/Microsoft.Compute/virtualMachines/avd-pri-001`
const session = (n: number) => `${pool}/sessionHosts/avd-pri-001.contoso.com/userSessions/${n}`
const scope = `${group}/Microsoft.DesktopVirtualization/applicationGroups/ag-desktop`
const assignment = `${scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-00000000000a`

/** Answers from a list, then what comes last for good; notes who asked and how. */
function budgetOf(...answers: readonly (Taken | Error)[]) {
  const asked: (Request & { queue: string })[] = []
  const heeded: (readonly [string, number, number | undefined])[] = []
  const budget: Budget = {
    async take(request, queue) {
      asked.push({ ...request, queue })
      const answer = answers[Math.min(asked.length, answers.length) - 1] ?? taken
      if (answer instanceof Error) throw answer
      return answer
    },
    heed: ({ bucket }, remaining, retryAfter) => heeded.push([bucket, remaining, retryAfter]),
  }
  return { budget, asked, heeded }
}
const taken: Taken = { kind: 'taken' }
const over = (retryAfter: number): Taken => ({ kind: 'over', retryAfter })

/** Three pages of nothing. */
const pages = ({ url }: Sent): Reply => {
  const page = Number(new URL(url).searchParams.get('page') ?? '1')
  const nextLink = `${endpoint}/subscriptions/${subscription}/more?page=${page + 1}`
  return { status: 200, body: { value: [], ...(page < 3 && { nextLink }) } }
}
const lists: readonly [name: string, list: (gateways: Gateways) => Promise<Answer<unknown>>][] = [
  ['the older clients', ({ avd }) => avd.sessionHosts(pool)],
  ['the newer client', ({ compute }) => compute.powerStates(subscription)],
]

describe.each(lists)('a list of %s', (_name, list) => {
  test('is charged for each of its pages, to the reads of its subscription', async () => {
    const { budget, asked } = budgetOf()
    const { gateways, sent } = scripted(pages, { budget })
    expect((await list(gateways)).kind).toBe('ok')
    expect(sent).toHaveLength(3)
    expect(asked).toEqual(Array(3).fill({ scope: subscription, bucket: 'reads', purpose: 'forward', queue: 'soon' }))
  })

  test('waits for the budget between two pages, and is read to its end', async () => {
    const { budget } = budgetOf(taken, over(4_000), taken)
    const { gateways, sent, pass } = scripted(pages, { budget })
    const answer = list(gateways)
    await settle()
    expect(sent).toHaveLength(1)
    pass(4_000)
    expect((await answer).kind).toBe('ok')
    expect(sent).toHaveLength(3)
  })

  test('waits for a page no longer than 5 s', async () => {
    const { budget } = budgetOf(taken, over(3_000), over(3_000))
    const { gateways, sent, pass } = scripted(pages, { budget })
    const answer = list(gateways)
    await settle()
    pass(3_000)
    expect(await answer).toMatchObject({ kind: 'refused', fault: { code: 'overBudget', retryAfter: 3_000 } })
    expect(sent).toHaveLength(1)
  })

  test('that is throttled is one request', async () => {
    const { gateways, sent } = scripted(() => ({ status: 429, headers: { 'retry-after': '1' } }))
    expect(await list(gateways)).toMatchObject({ kind: 'refused', fault: { code: 'throttled', retryAfter: 1_000 } })
    expect(sent).toHaveLength(1)
  })
})

describe('a single read', () => {
  test.each([429, 503])('that is answered with %i is one request', async (status) => {
    const { gateways, sent } = scripted(() => ({ status, headers: { 'retry-after': '1' } }))
    expect((await gateways.compute.vm(vm)).kind).toBe('refused')
    expect((await gateways.avd.hostPool(pool)).kind).toBe('refused')
    expect(sent).toHaveLength(2)
  })

  test('over budget is not sent and told when to come again', async () => {
    const { budget, asked } = budgetOf(over(2_500))
    const { gateways, sent } = scripted(() => ({ status: 200, body: {} }), { budget })
    const fault = { code: 'overBudget', retryable: true, retryAfter: 2_500 }
    expect(await gateways.compute.vm(vm)).toMatchObject({ kind: 'refused', fault })
    expect(sent).toHaveLength(0)
    expect(asked).toMatchObject([{ bucket: 'reads', queue: 'line' }])
  })

  test('is not sent when storage cannot be asked', async () => {
    const { budget } = budgetOf(new Error('503, server busy'))
    const { gateways, sent } = scripted(() => ({ status: 200, body: {} }), { budget })
    const answer = await gateways.compute.vm(vm)
    expect(answer).toMatchObject({ kind: 'refused', fault: { code: 'overBudget', retryable: true, retryAfter: 5_000 } })
    expect(answer.kind === 'refused' && answer.fault.message).toContain('server busy')
    expect(sent).toHaveLength(0)
  })
})

describe('a write', () => {
  test('is charged to writes, a delete to deletes', async () => {
    const { budget, asked } = budgetOf()
    const { gateways, fence } = scripted(() => ({ status: 200 }), { budget })
    await gateways.compute.start(vm, fence)
    await gateways.avd.setStartVmOnConnect(pool, false, fence)
    await gateways.access.revoke(assignment, fence)
    expect(asked.map(({ bucket }) => bucket)).toEqual(['writes', 'writes', 'deletes'])
  })

  test('over budget was not carried out', async () => {
    const { budget } = budgetOf(over(7_000))
    const { gateways, sent, fence } = scripted(() => ({ status: 200 }), { budget })
    const fault = { code: 'overBudget', retryable: true, retryAfter: 7_000 }
    expect(await gateways.access.revoke(assignment, fence)).toMatchObject({ kind: 'refused', fault })
    expect(sent).toHaveLength(0)
  })

  test('whose leave came too late is not sent past its fence', async () => {
    let leave: ((answer: Taken) => void) | undefined
    const slow: Budget = {
      take: () =>
        new Promise((resolve) => {
          leave = resolve
        }),
      heed: () => undefined,
    }
    const { gateways, sent, pass, fence } = scripted(() => ({ status: 200 }), { budget: slow })
    const answer = gateways.compute.start(vm, { notAfter: fence.notAfter - 5_000 })
    await settle()
    pass(5_001)
    leave?.(taken)
    expect(await answer).toMatchObject({ kind: 'refused', fault: { code: 'fenced' } })
    expect(sent).toHaveLength(0)
  })

  test('that follows another of the same begin waits where it stands', async () => {
    const { budget } = budgetOf(taken, over(60_000), over(1_000), taken)
    const { gateways, sent, pass, fence } = scripted(() => ({ status: 202 }), { budget })
    const both = Promise.all([1, 2].map((n) => gateways.avd.signOut(session(n), fence)))
    await settle()
    expect(sent).toHaveLength(1)
    pass(1_000)
    expect((await both).map(({ kind }) => kind)).toEqual(['ok', 'ok'])
    expect(sent).toHaveLength(2)
  })

  test('of another begin does not', async () => {
    const { budget } = budgetOf(taken, over(60_000))
    const { gateways, fence } = scripted(() => ({ status: 202 }), { budget })
    const both = await Promise.all([1, 2].map((n) => gateways.avd.signOut(session(n), { ...fence })))
    expect(both.map(({ kind }) => kind)).toEqual(['ok', 'refused'])
  })
})

describe('what it is for', () => {
  test.each(['urgent', 'forward', 'background'] as const)('%s is told to the budget', async (purpose) => {
    const { budget, asked } = budgetOf()
    const { gateways, fence } = scripted(() => ({ status: 200, body: {} }), { budget })
    const others = gateways.for?.(purpose)
    await others?.compute.vm(vm)
    await others?.access.revoke(assignment, fence)
    expect(asked.map((each) => each.purpose)).toEqual([purpose, purpose])
  })

  test('nobody waits for the background: it waits itself, 20 s at most, and once in vain no more', async () => {
    const { budget, asked } = budgetOf(over(8_000))
    const { gateways, pass } = scripted(() => ({ status: 200, body: {} }), { budget })
    const background = gateways.for?.('background')
    const answer = background?.compute.vm(vm)
    for (let i = 0; i < 2; i++) {
      await settle()
      pass(8_000)
    }
    expect(await answer).toMatchObject({ kind: 'refused', fault: { code: 'overBudget' } })
    expect(asked).toHaveLength(3)
    expect(await background?.compute.vm(vm)).toMatchObject({ kind: 'refused' })
    expect(asked).toHaveLength(4)
  })

  test('the background reads what it waited for', async () => {
    const { budget } = budgetOf(over(8_000), taken)
    const { gateways, pass, sent } = scripted(() => ({ status: 200, body: { id: vm, name: 'avd-pri-001' } }), {
      budget,
    })
    const answer = gateways.for?.('background').compute.vm(vm)
    await settle()
    pass(8_000)
    expect(await answer).toMatchObject({ kind: 'ok' })
    expect(sent).toHaveLength(1)
  })
})

test("Azure's own count is passed on, that of the subscription's bucket alone", async () => {
  const { budget, heeded } = budgetOf()
  const headers = {
    'x-ms-ratelimit-remaining-subscription-reads': '12',
    'x-ms-ratelimit-remaining-subscription-global-reads': '3749',
    'x-ms-ratelimit-remaining-resource': 'Microsoft.Compute/LowCostGet;3',
  }
  const replies: Reply[] = [
    { status: 200, body: {}, headers },
    { status: 429, headers: { ...headers, 'retry-after': '17', 'x-ms-ratelimit-remaining-subscription-reads': '0' } },
    { status: 200, body: {} },
  ]
  const { gateways } = scripted(() => replies.shift() ?? 'hang', { budget })
  for (let i = 0; i < 3; i++) await gateways.compute.vm(vm)
  expect(heeded).toEqual([
    ['reads', 12, undefined],
    ['reads', 0, 17_000],
  ])
})
