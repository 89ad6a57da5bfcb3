import type { Row } from './resource-graph-query.ts'

export type RowMaker = ReturnType<typeof rowIn>

export const rowIn =
  (tenantId: string) =>
  (id: string, type: string, location: string, properties: object, tags: object | null = null): Row => {
    const [, , subscriptionId = '', , resourceGroup = ''] = id.split('/')
    const name = id.split('/').at(-1) ?? ''
    return {
      id,
      name,
      type: type.toLowerCase(),
      tenantId,
      location,
      resourceGroup: resourceGroup.toLowerCase(),
      subscriptionId,
      tags,
      properties,
    }
  }
