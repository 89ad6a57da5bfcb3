/** Run by plain Node: two hosts with an instance of the app each. Prints what each counted. */
import { importFresh } from '../../../sim/host/import-fresh.ts'
import { createLocalHost } from '../../../sim/host.ts'

const importApp = () => importFresh(new URL('./counter.ts', import.meta.url))
const hosts = [createLocalHost({ importApp, settings: {} }), createLocalHost({ importApp, settings: {} })] as const
await Promise.all(hosts.map((host) => host.start()))

const count = async (host: (typeof hosts)[number]) => (await host.request('GET', '/api/count')).json()
const counted = [await count(hosts[0]), await count(hosts[0]), await count(hosts[1])]
await Promise.all(hosts.map((host) => host.stop({ drain: true })))
process.stdout.write(JSON.stringify(counted))
