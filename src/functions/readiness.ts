import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { edge } from '../lib/inbound/edge.ts'
import { json } from '../lib/inbound/problem.ts'

functions.http('readiness', {
  methods: ['GET'],
  route: 'readiness',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'reading',
    handle: async ({ app }) => json(200, await app.viewReadiness()),
  }),
})
