import { app } from '@azure/functions'

app.http('echo', {
  route: 'echo/{id}',
  authLevel: 'anonymous',
  handler: async (request, context) => {
    context.log('echo', request.params.id)
    return { jsonBody: { id: request.params.id, q: request.query.get('q'), body: await request.text() } }
  },
})
