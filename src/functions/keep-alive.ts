import { app as functions } from '@azure/functions'
import { app } from '../app.ts'

functions.timer('keep-alive', {
  schedule: '%KEEP_ALIVE_SCHEDULE%',
  runOnStartup: false,
  async handler() {
    await app().ready()
    await app().keepAlive()
  },
})
