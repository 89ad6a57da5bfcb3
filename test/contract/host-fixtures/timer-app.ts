import { app } from '@azure/functions'
import { behaviour } from './behaviour.ts'

const handler = (value: unknown, context: Parameters<Parameters<typeof app.timer>[1]['handler']>[1]) =>
  behaviour.run({ value, context }) as Promise<void>

app.timer('every-five-minutes', { schedule: '%SCHEDULE%', handler })
app.timer('half-minutely', { schedule: '*/30 * * * * *', handler })
app.timer('at-start', { schedule: '0 0 0 1 1 *', runOnStartup: true, handler })
