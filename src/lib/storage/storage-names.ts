/** Everything the app keeps, by name (design §6). Account-wide: two installations need two accounts. */
export const tableNames = [
  'operations',
  'active',
  'pairs',
  'pacers',
  'hosts',
  'findings',
  'followUps',
  'siteRecoveryEvents',
] as const
export const containerNames = ['specs', 'inventory', 'reports', 'audit', 'listings', 'readiness'] as const
export const queueNames = ['task-ticks', 'operation-ticks', 'notifications'] as const

export type TableName = (typeof tableNames)[number]
export type ContainerName = (typeof containerNames)[number]
export type QueueName = (typeof queueNames)[number]

/** Where the Functions host puts a message it failed on too often. */
export const poisonQueueOf = (queue: string): string => `${queue}-poison`
