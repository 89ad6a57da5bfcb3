import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { edge, invalid } from '../lib/inbound/edge.ts'
import { viewReply } from '../lib/inbound/replies.ts'
import { problemsIn, viewIn } from '../lib/inbound/requests.ts'
import { viewAs } from '../lib/status/views.ts'

functions.http('get', {
  methods: ['GET'],
  route: 'operations/{id}',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'reading',
    async handle({ app, id, query }) {
      const { error, data } = viewIn(query)
      return error ? invalid(problemsIn(error)) : viewReply(await viewAs(app.engine, id, data))
    },
  }),
})
