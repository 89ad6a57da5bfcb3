import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { buryPoison } from '../lib/execution/bury-poison.ts'
import { parseOperationTick, parseTaskTick } from '../lib/execution/messages.ts'
import { consume } from '../lib/inbound/messages.ts'

const parse = (message: unknown) => parseTaskTick(message) ?? parseOperationTick(message)

functions.storageQueue('bury-task-poison', {
  queueName: 'task-ticks-poison',
  connection: 'Storage',
  handler: consume({ app, queue: 'task-ticks-poison', parse, work: buryPoison }),
})

functions.storageQueue('bury-operation-poison', {
  queueName: 'operation-ticks-poison',
  connection: 'Storage',
  handler: consume({ app, queue: 'operation-ticks-poison', parse, work: buryPoison }),
})
