import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { control } from '../lib/execution/control.ts'
import { edge } from '../lib/inbound/edge.ts'
import { controlReply } from '../lib/inbound/replies.ts'
import { controlSchema } from '../lib/inbound/requests.ts'

functions.http('control', {
  methods: ['POST'],
  route: 'operations/{id}/control',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'changing',
    body: controlSchema,
    handle: async ({ app, id, body, caller }) => controlReply(id, await control(app.engine, id, body, caller.name)),
  }),
})
