import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { parseOperationTick } from '../lib/execution/messages.ts'
import { tickOperation } from '../lib/execution/tick-operation.ts'
import { consume } from '../lib/inbound/messages.ts'

functions.storageQueue('tick-operation', {
  queueName: 'operation-ticks',
  connection: 'Storage',
  handler: consume({ app, queue: 'operation-ticks', parse: parseOperationTick, work: tickOperation }),
})
