import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { edge } from '../lib/inbound/edge.ts'
import { json } from '../lib/inbound/problem.ts'

functions.http('keep-alive-view', {
  methods: ['GET'],
  route: 'keep-alive',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'reading',
    handle: async ({ app }) => json(200, await app.viewKeepAlive()),
  }),
})
