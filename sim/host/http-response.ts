import type { RpcCookie, RpcHttp } from './core-types.ts'

/** The function's answer on the wire; 204 when it returned nothing. */
export function responseOf(http: RpcHttp | undefined): Response {
  if (!http) return new Response(null, { status: 204 })
  const status = Number(http.statusCode ?? 200)
  const headers = new Headers(http.headers)
  for (const cookie of http.cookies ?? []) headers.append('set-cookie', cookieText(cookie))
  const bytes = http.body?.bytes ?? new Uint8Array()
  const isBodiless = status === 204 || status === 205 || status === 304
  if (!isBodiless) headers.set('content-length', String(bytes.byteLength))
  return new Response(isBodiless || bytes.byteLength === 0 ? null : Uint8Array.from(bytes), { status, headers })
}

const sameSites = { lax: 'lax', strict: 'strict', explicitNone: 'none' } as const

/** ASP.NET's SetCookieHeaderValue: lower-case attributes in this order, the path `/` unless given. */
function cookieText(cookie: RpcCookie): string {
  const { expires, maxAge, sameSite } = cookie
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    expires && `expires=${new Date(expires.value.seconds * 1_000).toUTCString()}`,
    maxAge && `max-age=${maxAge.value}`,
    cookie.domain && `domain=${cookie.domain.value}`,
    `path=${cookie.path?.value ?? '/'}`,
    cookie.secure?.value && 'secure',
    sameSite && sameSite !== 'none' && `samesite=${sameSites[sameSite]}`,
    cookie.httpOnly?.value && 'httponly',
  ]
    .filter(Boolean)
    .join('; ')
}
