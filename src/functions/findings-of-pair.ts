import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { edge, invalid } from '../lib/inbound/edge.ts'
import { json, unknownPair } from '../lib/inbound/problem.ts'
import { findingsIn, problemsIn } from '../lib/inbound/requests.ts'

functions.http('findings-of-pair', {
  methods: ['GET'],
  route: 'findings/{id}',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'reading',
    async handle({ app, id, query }) {
      const { error, data } = findingsIn(query)
      if (error) return invalid(problemsIn(error))
      const view = await app.viewFindings({ ...data, pairId: id })
      return view ? json(200, view) : unknownPair
    },
  }),
})
