import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { previewOperation } from '../lib/execution/preview.ts'
import { edge } from '../lib/inbound/edge.ts'
import { previewReply } from '../lib/inbound/replies.ts'
import { previewSchema } from '../lib/inbound/requests.ts'

functions.http('preview', {
  methods: ['POST'],
  route: 'previews',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'changing',
    body: previewSchema,
    handle: async ({ app, body }) => previewReply(await previewOperation(app.engine, body)),
  }),
})
