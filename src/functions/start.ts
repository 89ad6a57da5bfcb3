import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { startOperation } from '../lib/execution/start.ts'
import { edge } from '../lib/inbound/edge.ts'
import { startReply } from '../lib/inbound/replies.ts'
import { startSchema } from '../lib/inbound/requests.ts'

functions.http('start', {
  methods: ['POST'],
  route: 'operations',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'changing',
    body: startSchema,
    handle: async ({ app, body, caller }) => startReply(await startOperation(app.engine, { ...body, by: caller.name })),
  }),
})
