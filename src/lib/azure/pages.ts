import type { AzureClients } from './clients.ts'
import { list, record, text } from './wire.ts'

/** Pages of a list that no client has a function for, from its path on. Throws on what is not a page. */
export async function* pagesOf(
  get: AzureClients['get'],
  subscription: string,
  first: string,
): AsyncGenerator<readonly unknown[]> {
  for (let next: string | undefined = first; next !== undefined; ) {
    const page = record(await get(subscription, next))
    if (!Array.isArray(page?.value)) throw new Error('Not a page of a list')
    yield list(page.value)
    next = text(page.nextLink)
  }
}
