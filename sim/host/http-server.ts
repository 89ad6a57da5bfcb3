import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HttpEntry, largestBody } from './http-entry.ts'

export type HttpServer = { readonly port: number; readonly close: (drain: boolean) => Promise<void> }

/** A server on 127.0.0.1; port 0 takes a free one. */
export async function startHttpServer(entry: HttpEntry, port: number): Promise<HttpServer> {
  const server = createServer((request, response) => {
    answer(entry, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: (drain) =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if (drain) server.closeIdleConnections()
        else server.closeAllConnections()
      }),
  }
}

async function answer(entry: HttpEntry, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = new Headers()
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  const result = await entry({
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`),
    headers,
    body: await bodyOf(request),
  })
  const cookies = result.headers.getSetCookie()
  for (const [name, value] of result.headers) if (name !== 'set-cookie') response.setHeader(name, value)
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  response.writeHead(result.status).end(new Uint8Array(await result.arrayBuffer()))
}

/** Of a body over the limit the rest is read and dropped, so that the sender gets to hear the answer. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (length <= largestBody) chunks.push(chunk)
    length += chunk.length
  }
  return Buffer.concat(chunks)
}
