import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { edge, invalid } from '../lib/inbound/edge.ts'
import { json } from '../lib/inbound/problem.ts'
import { findingsIn, problemsIn } from '../lib/inbound/requests.ts'

functions.http('findings', {
  methods: ['GET'],
  route: 'findings',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'reading',
    async handle({ app, query }) {
      const { error, data } = findingsIn(query)
      return error ? invalid(problemsIn(error)) : json(200, await app.viewFindings(data))
    },
  }),
})
