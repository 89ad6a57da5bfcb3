import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Instant } from '../../src/lib/core/time.ts'
import { tokenOf } from './request.ts'

/**
 * The App Service managed-identity endpoint ("Managed identities for App Service and Azure Functions",
 * learn.microsoft.com): `?api-version=2019-08-01&resource=…` with the secret in `X-IDENTITY-HEADER`.
 */
export function createIdentityEndpoint(options: {
  readonly now: () => Instant
  /** Object id of the identity. */
  readonly principal: string
  /** How long a token lives, in seconds; 24 h as for real. */
  readonly tokenLivesSeconds?: number
}): { readonly server: Server; readonly secret: string } {
  const { now, principal, tokenLivesSeconds = 86_400 } = options
  const secret = randomUUID()

  const answer = (request: IncomingMessage): { readonly status: number; readonly body: unknown } => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const resource = url.searchParams.get('resource')
    if (request.headers['x-identity-header'] !== secret) return refusal(401, 'The secret is missing or wrong.')
    if (url.searchParams.get('api-version') !== '2019-08-01') return refusal(400, 'api-version 2019-08-01 is needed.')
    if (!resource) return refusal(400, 'A resource is needed.')
    const expiresOn = Math.floor(now() / 1_000) + tokenLivesSeconds
    const token = { access_token: tokenOf(principal), token_type: 'Bearer', resource, client_id: principal }
    return { status: 200, body: { ...token, expires_on: String(expiresOn) } }
  }
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { status, body } = answer(request)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  return { server, secret }
}

const refusal = (statusCode: number, message: string) => ({ status: statusCode, body: { statusCode, message } })
