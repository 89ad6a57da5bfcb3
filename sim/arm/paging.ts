import { failure } from './answers.ts'
import { type PageCut, spoil } from './list-faults.ts'
import type { Sim, SimRequest, SimResponse } from './types.ts'

type PageOptions = {
  /** Entries of one page, at most. */
  readonly pageSize: number
  /** Name of the query parameter in the next link, as the service spells it; default `$skipToken`. */
  readonly tokenName?: string
}

/**
 * One page of a list with an absolute `nextLink`; `toBody` is called for the entries of this page alone. The token is
 * a position, as in most services: what is inserted or removed meanwhile may be skipped or come twice.
 */
export function listAnswer<T>(
  sim: Pick<Sim, 'origin'> & Partial<Pick<Sim, 'faults'>>,
  request: SimRequest,
  items: readonly T[],
  toBody: (item: T) => unknown,
  options: PageOptions,
): SimResponse {
  const { pageSize, tokenName = '$skipToken' } = options
  const start = positionOf(request.query[tokenName.toLowerCase()])
  if (start === undefined) return failure(400, 'InvalidSkipToken', `The skip token of '${request.path}' is not valid.`)
  const { from, to, next } = cutOf(sim, items.length, start, start + pageSize)
  const value = items.slice(from, to).map(toBody)
  if (next === undefined) return { status: 200, body: { value } }
  return { status: 200, body: { value, nextLink: nextLink(sim, request, tokenName, next) } }
}

function cutOf({ faults }: Partial<Pick<Sim, 'faults'>>, length: number, from: number, to: number): PageCut {
  const cut = { from, to, ...(to < length && { next: to }) }
  return faults?.listFault((fault) => spoil(fault, cut)) ?? cut
}

function positionOf(token: string | undefined): number | undefined {
  if (token === undefined) return 0
  const match = /^position:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'))
  return match ? Number(match[1]) : undefined
}

export const tokenOfPosition = (position: number): string => Buffer.from(`position:${position}`).toString('base64url')

function nextLink(sim: Pick<Sim, 'origin'>, request: SimRequest, tokenName: string, position: number): string {
  const query = new URLSearchParams(request.query)
  query.delete(tokenName.toLowerCase())
  query.set(tokenName, tokenOfPosition(position))
  return `${sim.origin}${request.path}?${query}`
}
