/**
 * Lists of whole resource groups by Azure Resource Graph, api-version 2024-04-01: seconds to minutes old, so never proof
 * of anything that was begun. It has a quota of its own, 15 queries in 5 s for each principal ("Guidance for throttled
 * requests in Azure Resource Graph"), of which some are left to others.
 */
import type { Answer } from '../core/fault.ts'
import { type Millis, seconds } from '../core/time.ts'
import { readAllAs, refused } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { list, number, record, text } from './wire.ts'

/** The right to query; what comes back is what the caller may read. */
export const actions: readonly string[] = ['Microsoft.ResourceGraph/resources/read']

export type GraphQuery = {
  /** None: nothing is asked, for Resource Graph would take it for all of them. */
  readonly subscriptions: readonly string[]
  /** As `graph-queries.ts` writes it. */
  readonly text: string
}

type Azure = Pick<AzureClients, 'calls' | 'query' | 'pause'>

/** All rows, each as `map` makes it; one that cannot be identified makes the list unreadable, and so does one that lacks rows. */
export async function graphRows<T>(
  azure: Azure,
  query: GraphQuery,
  what: string,
  map: (row: unknown) => T | undefined,
): Promise<Answer<readonly T[]>> {
  if (query.subscriptions.length === 0) return { kind: 'ok', value: [] }
  const rows = new Map<string, T | undefined>()
  let skipToken: string | undefined
  let fewest = Number.POSITIVE_INFINITY
  const patient = { ...azure, pause: patienceOf(azure) }
  for (let page = 1; page <= mostPages; page++) {
    const read = await readPage(patient, query, skipToken)
    if (read.kind !== 'ok') return read
    // A row that moved from one page to the next while they were read comes twice. None is kept as it came: that is a lot.
    for (const row of read.value.rows) rows.set(text(record(row)?.id) ?? `${page}/${rows.size}`, map(row))
    fewest = Math.min(fewest, read.value.total)
    skipToken = read.value.skipToken
    if (skipToken === undefined) break
  }
  if (skipToken !== undefined || rows.size < fewest) return lacking(rows.size, fewest)
  return readAllAs({ kind: 'ok', value: [...rows.values()] }, what, (row) => row as T | undefined)
}

/** A list longer than that is a loop. */
const mostPages = 1_000
/** Rows of one page, at most. */
const pageSize = 1_000

const lacking = (has: number, total: number): Answer<never> =>
  refused({ code: 'unreadable', message: `Resource Graph gave ${has} of ${total} rows`, retryable: true })

type Page = { readonly rows: readonly unknown[]; readonly total: number; readonly skipToken?: string }

type Patient = Pick<Azure, 'calls' | 'query'> & { readonly pause: (length: Millis) => Promise<boolean> }

/** Altogether, for one list: an inventory is taken within the five minutes of its invocation, with gaps if need be. */
const longestPatience: Millis = seconds(60)

/** False: not waited for, it has been too long. */
function patienceOf({ pause }: Azure): Patient['pause'] {
  let left = longestPatience
  return async (length) => {
    left -= length
    if (left < 0) return false
    await pause(length)
    return true
  }
}

async function readPage(azure: Patient, query: GraphQuery, skipToken: string | undefined): Promise<Answer<Page>> {
  const body = {
    subscriptions: query.subscriptions,
    query: query.text,
    options: { resultFormat: 'objectArray', $top: pageSize, ...(skipToken !== undefined && { $skipToken: skipToken }) },
  }
  for (;;) {
    const answer = await azure.calls.one(() => azure.query(query.subscriptions[0] ?? '', path, body))
    if (answer.kind === 'ok') {
      const { value, rest } = answer.value
      const isPatient = rest === undefined || (await azure.pause(rest))
      return isPatient ? pageOf(value) : tooSlow
    }
    const wait = Math.max(answer.fault.retryAfter ?? seconds(5), seconds(1))
    if (answer.fault.code !== 'throttled' || !(await azure.pause(wait))) return answer
  }
}

const tooSlow = refused({ code: 'throttled', message: 'The quota of Resource Graph was too small', retryable: true })

const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01'

/** A result that was cut off and cannot be gone on with must not pass for a whole one. */
function pageOf(value: unknown): Answer<Page> {
  const answer = record(value)
  const total = number(answer?.totalRecords)
  if (!answer || !Array.isArray(answer.data) || total === undefined)
    return refused({ code: 'unreadable', message: 'Not a result of Resource Graph', retryable: true })
  const rows = list(answer.data)
  const skipToken = text(answer.$skipToken)
  if (skipToken === undefined && /^true$/i.test(String(answer.resultTruncated))) return lacking(rows.length, total)
  return { kind: 'ok', value: { rows, total, ...(skipToken !== undefined && { skipToken }) } }
}
