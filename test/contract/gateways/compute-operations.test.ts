import { describe, expect, test } from 'vitest'
import { endpoint, type Reply, scripted, subscription } from './support.ts'

const id = `/subscriptions/${subscription}/resourceGroups/rg-avd/providers/Microsoft.Compute/virtualMachines/avd-pri-001`

describe('the operation behind an accepted start', () => {
  const operationId = '49a8b0c0-8e7c-4d5a-9d52-3d2f9a1c2b3d'
  const polling = (path: string) => ({ 'azure-asyncoperation': `${endpoint}${path}?api-version=2026-04-01` })
  const location = `/subscriptions/${subscription}/providers/Microsoft.Compute/locations/ukwest`
  const startWith = async (headers: Record<string, string>) => {
    const { gateways, fence } = scripted(() => ({ status: 202, headers }))
    return gateways.compute.start(id, fence)
  }

  test('is known by its place and id, never by a URL', async () => {
    const operation = `ukwest/${operationId}`
    expect(await startWith(polling(`${location}/operations/${operationId}`))).toEqual({
      kind: 'ok',
      value: { operation },
    })
    const foreign = { 'azure-asyncoperation': `https://evil.example/locations/ukwest/operations/${operationId}?x=1` }
    expect(await startWith(foreign)).toEqual({ kind: 'ok', value: { operation } })
  })

  test.each([[{}], [polling('/nowhere')], [polling(`${location}/operations/..%2f..%2fsecrets`)]])(
    'is not known from %j',
    async (headers) => {
      expect(await startWith(headers)).toEqual({ kind: 'ok', value: {} })
    },
  )

  const askedWith = async (reply: Reply, operation = `ukwest/${operationId}`) => {
    const { gateways, sent } = scripted(() => reply)
    return { answer: await gateways.compute.operationFault(id, operation), sent }
  }

  test('says why it failed, and is asked at our own Resource Manager', async () => {
    const error = { code: 'AllocationFailed', message: 'no room' }
    const { answer, sent } = await askedWith({ status: 200, body: { status: 'Failed', error } })
    expect(answer).toEqual({
      kind: 'ok',
      value: { code: 'noCapacity', message: 'no room', retryable: true, azureCode: 'AllocationFailed' },
    })
    expect(sent.map(({ method, url }) => [method, url])).toEqual([
      ['GET', `${endpoint}${location}/operations/${operationId}?api-version=2026-04-01`],
    ])
    expect(sent[0]?.token).toBe('Bearer secret')
  })

  test.each<[string, Reply, unknown]>([
    ['under way', { status: 200, body: { status: 'InProgress' } }, { kind: 'ok', value: undefined }],
    ['went well', { status: 200, body: { status: 'Succeeded' } }, { kind: 'ok', value: undefined }],
    [
      'is forgotten',
      { status: 404, body: { error: { code: 'OperationNotFound', message: 'x' } } },
      { kind: 'refused' },
    ],
    ['is not ours to read', { status: 403, body: { error: { code: 'AuthorizationFailed' } } }, { kind: 'refused' }],
    ['does not answer with JSON', { status: 200, body: '<html>' }, { kind: 'refused' }],
  ])('one that %s is no failure', async (_, reply, wanted) => {
    expect((await askedWith(reply)).answer).toMatchObject(wanted as object)
  })

  test('is not asked for where a stored row says something else than a place and an id', async () => {
    const { answer, sent } = await askedWith({ status: 200, body: {} }, '../../x?y=https://evil.example')
    expect([answer.kind, sent]).toEqual(['refused', []])
  })
})
