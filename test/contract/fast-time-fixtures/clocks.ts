/** Reads every clock there is, before and after a while, and what they and an HTTP server tell of the date. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance as imported } from 'node:perf_hooks'
import { realNow } from './real-clock.ts'

const clocks: Readonly<Record<string, () => number>> = {
  'Date.now': () => Date.now(),
  'new Date': () => new Date().getTime(),
  'performance.now': () => performance.now(),
  'performance of node:perf_hooks': () => imported.now(),
  'process.hrtime': () => process.hrtime()[0] * 1e3 + process.hrtime()[1] / 1e6,
  'process.hrtime.bigint': () => Number(process.hrtime.bigint()) / 1e6,
  'process.uptime': () => process.uptime() * 1e3,
}
const read = () => Object.fromEntries(Object.entries(clocks).map(([name, clock]) => [name, clock()]))

const [realBefore, before] = [realNow(), read()]
await new Promise((resolve) => setTimeout(resolve, 60_000))
const [realAfter, after] = [realNow(), read()]
const passed = Object.fromEntries(Object.entries(after).map(([name, at]) => [name, at - (before[name] ?? 0)]))

const year = {
  'new Date': new Date().getUTCFullYear(),
  'Date.now': new Date(Date.now()).getUTCFullYear(),
  'Date as a function': new Date(Date()).getUTCFullYear(),
  'performance.timeOrigin': new Date(performance.timeOrigin).getUTCFullYear(),
  'new Date(0)': new Date(0).getUTCFullYear(),
  'Date header': await served((response) => response.end()),
  'own Date header': await served((response) =>
    response.writeHead(200, { date: new Date(915_148_800_000).toUTCString() }).end(),
  ),
  'Date header switched off': await served((response) => {
    response.sendDate = false
    response.end()
  }),
}

async function served(answer: (response: ServerResponse) => void): Promise<number | string> {
  const server = createServer((_, response) => answer(response)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  server.closeAllConnections()
  server.close()
  const date = headers.get('date')
  return date === null ? 'none' : new Date(date).getUTCFullYear()
}

console.log(JSON.stringify({ real: realAfter - realBefore, passed, year }))
