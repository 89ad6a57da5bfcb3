import { app as functions } from '@azure/functions'
import { app } from '../app.ts'

functions.timer('follow-ups', {
  schedule: '%FOLLOW_UP_SCHEDULE%',
  runOnStartup: false,
  async handler() {
    await app().ready()
    await app().followUp()
  },
})
