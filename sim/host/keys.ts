/** Access keys, by name. `master` opens everything, a host key every function, a function key its own function. */
export type AccessKeys = {
  readonly master?: string
  readonly host?: Readonly<Record<string, string>>
  readonly functions?: Readonly<Record<string, Readonly<Record<string, string>>>>
}
export type AuthLevel = 'anonymous' | 'function' | 'admin'

/**
 * Whether a request may pass. The header counts before the query; both reach the function unchanged, so an app that
 * keeps two function keys apart compares the header itself (GrpcMessageConversionExtensions copies every header).
 */
export function isAuthorized(
  level: AuthLevel,
  functionName: string,
  keys: AccessKeys,
  headers: Headers,
  query: URLSearchParams,
): boolean {
  if (level === 'anonymous') return true
  const key = headers.get('x-functions-key') ?? query.get('code')
  if (!key) return false
  if (key === keys.master) return true
  if (level === 'admin') return false
  const accepted = [...Object.values(keys.host ?? {}), ...Object.values(keys.functions?.[functionName] ?? {})]
  return accepted.includes(key)
}
