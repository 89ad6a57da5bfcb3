import { app as functions } from '@azure/functions'
import { app } from '../app.ts'

functions.timer('sweep', {
  schedule: '%SWEEP_SCHEDULE%',
  async handler() {
    await app().ready()
    await app().sweep()
  },
})
