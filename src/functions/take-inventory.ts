import { app as functions } from '@azure/functions'
import { app } from '../app.ts'
import { edge } from '../lib/inbound/edge.ts'
import { json } from '../lib/inbound/problem.ts'
import { inventoryView } from '../lib/status/inventory-view.ts'

functions.http('take-inventory', {
  methods: ['POST'],
  route: 'inventory',
  authLevel: 'function',
  handler: edge({
    app,
    right: 'changing',
    handle: async ({ app }) => json(200, inventoryView(await app.collectInventory())),
  }),
})
