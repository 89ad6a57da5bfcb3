import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { parseTaskTick } from '../lib/execution/messages.ts'
import { tickTask } from '../lib/execution/tick-task.ts'
import { consume } from '../lib/inbound/messages.ts'

functions.storageQueue('tick-task', {
  queueName: 'task-ticks',
  connection: 'Storage',
  handler: consume({ app, queue: 'task-ticks', parse: parseTaskTick, work: tickTask }),
})
