import { app, type HttpRequest } from '@azure/functions'

const seen = async (request: HttpRequest) => ({
  jsonBody: {
    method: request.method,
    url: request.url,
    params: request.params,
    query: Object.fromEntries(request.query),
    key: request.headers.get('x-functions-key'),
    list: request.headers.get('x-list'),
    body: await request.text(),
  },
})

app.http('defaults', { handler: seen })
app.http('one', { route: 'tasks/{id}', methods: ['GET', 'DELETE'], handler: seen })
app.http('summary', { route: 'tasks/summary', methods: ['GET'], handler: () => ({ body: 'summary' }) })
app.http('put', { route: 'tasks/{id}', methods: ['PUT'], handler: () => ({ status: 202 }) })
app.http('files', { route: 'files/{*path}', handler: seen })
app.http('optional', { route: 'maybe/{name?}', handler: seen })
app.http('throws', {
  handler: () => {
    throw new Error('planned')
  },
})
app.http('nothing', { handler: () => undefined as never })
app.http('text', { handler: () => 'text' as never })
app.http('null-json', { handler: () => ({ jsonBody: null }) })
app.http('cookies', {
  handler: () => ({
    headers: { 'set-cookie': 'a=b' },
    cookies: [{ name: 'c', value: 'd', maxAge: 10, path: '/', httpOnly: true }],
  }),
})
app.http('size', {
  methods: ['POST'],
  handler: async (request) => ({ jsonBody: (await request.arrayBuffer()).byteLength }),
})
app.http('read', { authLevel: 'function', handler: seen })
app.http('change', { authLevel: 'function', handler: seen })
app.http('manage', { authLevel: 'admin', handler: seen })
app.http('off', { handler: seen })
