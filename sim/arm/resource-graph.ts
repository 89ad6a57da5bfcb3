import type { Instant, Millis } from '../../src/lib/core/time.ts'
import { failure } from './answers.ts'
import type { Estate } from './estate-types.ts'
import { tokenOfPosition } from './paging.ts'
import { mayDo } from './permission.ts'
import { type Row, readQuery, runQuery } from './resource-graph-query.ts'
import { rowsOf, typesOf } from './resource-graph-rows.ts'
import type { Provider, Sim, SimRequest, SimResponse } from './types.ts'

/** Per principal ("Guidance for throttled requests in Azure Resource Graph", learn.microsoft.com). */
const requestsPerWindow = 15
const window: Millis = 5_000
/** Rows of one page, at most. */
const pageSize = 1_000
/**
 * Freshness is seconds to minutes in practice. Where nobody asked in between there is no older picture to show; machines
 * and what is on them come late by themselves (`sim/estate/guest.ts`).
 */
const staleness: readonly [Millis, Millis] = [15_000, 120_000]
const pictureEvery: Millis = 10_000

type Options = { readonly $top?: number; readonly $skipToken?: string; readonly resultFormat?: string }
type Body = { readonly query?: string; readonly subscriptions?: readonly string[]; readonly options?: Options }
type State = {
  readonly windows: Map<string, { readonly from: Instant; used: number }>
  /** By table and type. */
  readonly pictures: Map<string, readonly Picture[]>
}
type Picture = { readonly at: Instant; readonly rows: readonly Row[] }
const states = new WeakMap<Estate, State>()

/**
 * Azure Resource Graph, as much as an inventory needs: `resource-graph-query.ts` has what it knows of KQL. Throttled, paged and stale, as the real one. Anything else is a 400 that says what was not understood.
 */
export const resourceGraph: Provider = {
  namespace: 'Microsoft.ResourceGraph',
  routes: [
    {
      method: 'POST',
      path: '/providers/Microsoft.ResourceGraph/resources',
      bucket: 'reads',
      action: 'Microsoft.ResourceGraph/resources/read',
      handle: (request, _params, sim) => answer(request, sim),
    },
  ],
}

function answer(request: SimRequest, sim: Sim): SimResponse {
  const state = states.get(sim.estate) ?? { windows: new Map(), pictures: new Map() }
  states.set(sim.estate, state)
  const quota = chargeQuota(state, request.principal, sim.now())
  if (quota.isEmpty) return throttled(quota.headers)

  const { query = '', subscriptions, options = {} } = (request.body ?? {}) as Body
  const parsed = readQuery(query)
  if ('problem' in parsed) return badRequest(parsed.problem)
  if ((options.resultFormat ?? 'objectArray') !== 'objectArray') return badRequest('resultFormat must be objectArray')
  const start = positionOf(options.$skipToken)
  if (start === undefined) return badRequest('the skip token is not valid')

  const types = parsed.types ?? typesOf(parsed.table)
  const table = types.flatMap((type) => pictureOf(state, sim, parsed.table, type))
  const isShown = (row: Row) => (!subscriptions || isIn(subscriptions, row)) && mayRead(sim, request.principal, row)
  const inScope = table.filter(isShown)
  const rows = runQuery(parsed, inScope)
  const data = rows.slice(start, start + Math.min(options.$top ?? pageSize, pageSize))
  return { status: 200, headers: quota.headers, body: pageOf(rows.length, start, data) }
}

/** A next page needs `id` in the projection, or there is no token and the rest stays unread. */
function pageOf(total: number, start: number, data: readonly Row[]): unknown {
  const end = start + data.length
  const isTruncated = end < total
  const canGoOn = isTruncated && data[0]?.id !== undefined
  return {
    totalRecords: total,
    count: data.length,
    resultTruncated: isTruncated && !canGoOn ? 'true' : 'false',
    ...(canGoOn ? { $skipToken: tokenOfPosition(end) } : {}),
    facets: [],
    data,
  }
}

function positionOf(token: string | undefined): number | undefined {
  if (token === undefined) return 0
  const match = /^position:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'))
  return match ? Number(match[1]) : undefined
}

/** The newest picture that is old enough and not too old; failing that, the oldest of the recent ones. */
function pictureOf({ pictures }: State, sim: Sim, table: string, type: string): readonly Row[] {
  const key = `${table} ${type}`
  const now = sim.now()
  const known = pictures.get(key) ?? []
  const last = known.at(-1)
  const isDue = !last || now - last.at >= pictureEvery
  const all = isDue ? [...known, { at: now, rows: rowsOf(sim, table, type) }] : known
  const newest = all.findLastIndex(({ at }) => at <= now - staleness[0])
  const recent = all.slice(Math.max(0, newest)).filter(({ at }) => at >= now - staleness[1])
  pictures.set(key, recent)
  return recent[0]?.rows ?? []
}

/** What the caller may not read is not there ("Permissions in Azure Resource Graph"). */
const mayRead = (sim: Sim, principal: string, { id, type }: Row): boolean =>
  mayDo(sim, principal, `${String(type)}/read`, String(id))

function chargeQuota(state: State, principal: string, now: Instant) {
  const known = state.windows.get(principal)
  const current = known && now < known.from + window ? known : { from: now, used: 0 }
  state.windows.set(principal, current)
  const isEmpty = current.used >= requestsPerWindow
  if (!isEmpty) current.used += 1
  const seconds = Math.ceil((current.from + window - now) / 1_000)
  const headers = {
    'x-ms-user-quota-remaining': String(requestsPerWindow - current.used),
    'x-ms-user-quota-resets-after': `00:00:${String(seconds).padStart(2, '0')}`,
  }
  return { isEmpty, headers }
}

const throttled = (headers: Record<string, string>): SimResponse =>
  failure(
    429,
    'RateLimiting',
    "Client application has been throttled and should not continue to make requests until 'x-ms-user-quota-resets-after' is over.",
    headers,
  )

const badRequest = (problem: string): SimResponse =>
  failure(400, 'BadRequest', `The simulated Resource Graph cannot answer: ${problem}.`)

const isIn = (subscriptions: readonly string[], row: Row) =>
  subscriptions.some((id) => id.toLowerCase() === String(row.subscriptionId).toLowerCase())
