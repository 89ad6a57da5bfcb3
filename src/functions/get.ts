import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { edge } from '../lib/inbound/edge.ts'
import { viewReply } from '../lib/inbound/replies.ts'
import { viewAs } from '../lib/status/views.ts'

functions.http('get', {
  methods: ['GET'],
  route: 'operations/{id}',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'reading',
    handle: async ({ app, id, query }) => viewReply(await viewAs(app.engine, id, query.get('view') ?? 'summary')),
  }),
})
