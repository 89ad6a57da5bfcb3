import { app } from '@azure/functions'
import { behaviour } from './behaviour.ts'

app.storageQueue('work', {
  queueName: '%QUEUE%',
  connection: 'Storage',
  handler: (value, context) => behaviour.run({ value, context }),
})
