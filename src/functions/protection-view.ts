import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { edge } from '../lib/inbound/edge.ts'
import { json, unknownPair } from '../lib/inbound/problem.ts'

functions.http('protection-view', {
  methods: ['GET'],
  route: 'pairs/{id}/protection',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'reading',
    async handle({ app, id }) {
      const view = await app.viewProtection(id)
      return view ? json(200, view) : unknownPair
    },
  }),
})
