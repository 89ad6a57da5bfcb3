import { app } from '@azure/functions'
import { behaviour } from './behaviour.ts'

app.hook.appStart(() => behaviour.run({ value: 'appStart', context: undefined as never }) as Promise<void>)
app.hook.appTerminate(() => behaviour.run({ value: 'appTerminate', context: undefined as never }) as Promise<void>)
app.hook.preInvocation((context) => {
  context.hookData.greeting = 'hello'
  const handler = context.functionHandler
  context.functionHandler = async (...inputs) => ({ ...((await handler(...inputs)) as object), status: 201 })
})
app.hook.postInvocation((context) => {
  if (context.error) context.result = { status: 418, body: String(context.hookData.greeting) }
  context.error = null
})
app.hook.log((context) => {
  context.message = `[${context.message}]`
})
app.http('hooked', {
  handler: (request, context) => {
    context.warn('seen %s', request.method)
    if (request.query.has('fail')) throw new Error('planned')
    return { body: 'done' }
  },
})
