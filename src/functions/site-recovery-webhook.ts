import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { edge } from '../lib/inbound/edge.ts'
import { gridBody } from '../lib/inbound/read-body.ts'
import { webhookSchema } from '../lib/inbound/requests.ts'

functions.http('site-recovery-webhook', {
  methods: ['POST'],
  route: 'webhooks/site-recovery',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'changing',
    body: webhookSchema,
    limits: gridBody,
    handle: ({ app, body }) => app.receiveSiteRecovery(body),
  }),
})
