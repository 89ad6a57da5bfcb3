import { app, output } from '@azure/functions'

const handler = () => ({})

app.timer('span', { schedule: '00:05:00', handler: () => undefined })
app.timer('setting', { schedule: '%MISSING%', handler: () => undefined })
app.storageQueue('name', { queueName: 'Work', connection: 'Storage', handler: () => undefined })
app.http('slash', { route: '/status', handler })
app.http('output', {
  extraOutputs: [output.storageQueue({ queueName: 'out', connection: 'Storage' })],
  handler,
})
app.timer('retry', {
  schedule: '0 * * * * *',
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 500 },
  handler: () => undefined,
})
app.eventGrid('events', { handler: () => undefined })
