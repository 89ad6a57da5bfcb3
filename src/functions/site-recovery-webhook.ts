import { app as functions } from '@azure/functions'
import { z } from 'zod'
import { app } from '../app.ts'
import { edge } from '../lib/inbound/edge.ts'
import { gridBody } from '../lib/inbound/read-body.ts'

functions.http('site-recovery-webhook', {
  methods: ['POST'],
  route: 'webhooks/site-recovery',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'changing',
    body: z.unknown(),
    limits: gridBody,
    handle: ({ app, body }) => app.receiveSiteRecovery(body),
  }),
})
