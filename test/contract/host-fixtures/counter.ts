import { app } from '@azure/functions'
import { state } from './counter-state.ts'

app.http('count', {
  handler: () => {
    state.count += 1
    return { jsonBody: state.count }
  },
})
