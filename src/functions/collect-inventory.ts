import { app as functions } from '@azure/functions'
import { app } from '../app.ts'

functions.timer('collect-inventory', {
  schedule: '%INVENTORY_SCHEDULE%',
  runOnStartup: false,
  async handler() {
    await app().ready()
    await app().collectInventory()
  },
})
