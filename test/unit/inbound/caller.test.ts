import { describe, expect, test } from 'vitest'
import { authorize } from '../../../src/lib/inbound/caller.ts'

const request = (headers: Record<string, string>, query = '') => ({
  headers: new Headers(headers),
  query: new URLSearchParams(query),
})

describe('a caller', () => {
  test('is the key he came with', () => {
    expect(authorize(request({ 'x-functions-key': 'k' }), 'reading')).toEqual({ name: 'key:reading', right: 'reading' })
    expect(authorize(request({}, 'code=k'), 'changing')).toEqual({ name: 'key:changing', right: 'changing' })
  })

  test.each([
    [{}, ''],
    [{ 'x-functions-key': '' }, ''],
    [{}, 'code='],
    [{ 'x-ms-client-principal-name': 'admin', 'x-ms-client-principal': 'e30=', authorization: 'Bearer x' }, ''],
  ])('without a key is nobody: %o %s', (headers, query) => {
    expect(authorize(request(headers as Record<string, string>, query), 'reading')).toBeUndefined()
  })
})
