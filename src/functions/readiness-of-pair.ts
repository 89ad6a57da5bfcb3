import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { edge } from '../lib/inbound/edge.ts'
import { json, unknownPair } from '../lib/inbound/problem.ts'

functions.http('readiness-of-pair', {
  methods: ['GET'],
  route: 'readiness/{id}',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'reading',
    async handle({ app, id }) {
      const view = await app.viewReadiness(id)
      return view ? json(200, view) : unknownPair
    },
  }),
})
