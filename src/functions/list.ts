import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { edge } from '../lib/inbound/edge.ts'
import { json } from '../lib/inbound/problem.ts'
import { viewOperations } from '../lib/status/list-view.ts'

functions.http('list', {
  methods: ['GET'],
  route: 'operations',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'reading',
    handle: async ({ app }) => json(200, await viewOperations(app.engine)),
  }),
})
