/**
 * Starts two VMs with ten seconds each between the save and the last moment to send. The second one's token comes only
 * when the parent says so, which has the process stopped in the meantime: held between save and send.
 */
import { limitless } from '../../../src/lib/azure/budget.ts'
import { createAzureClients } from '../../../src/lib/azure/clients.ts'
import { createCompute } from '../../../src/lib/azure/compute.ts'
import { seconds } from '../../../src/lib/core/time.ts'

const fence = seconds(10)
const [atOnce = '', held = ''] = process.argv.slice(2)
let isHeld = false

const token = async () => {
  if (!isHeld) return
  process.send?.('held')
  await new Promise((resolve) => process.once('message', resolve))
}
const compute = createCompute(
  createAzureClients({
    credential: {
      getToken: async () => {
        await token()
        // Over at once, so that each call asks for its own.
        return { token: 'sim:worker', expiresOnTimestamp: Date.now() }
      },
    },
    endpoint: process.env.ARM_ENDPOINT ?? '',
    monotonic: () => performance.now(),
    // Far off: what is looked at is the fence alone.
    deadline: () => AbortSignal.timeout(seconds(3_600)),
    budget: limitless,
  }),
)
const start = (vm: string) => compute.start(vm, { notAfter: performance.now() + fence })

// A cold client may take longer than the fence allows: nothing is sent then, and it is tried again.
let first = await start(atOnce)
for (let left = 20; left > 0 && first.kind === 'refused' && first.fault.code === 'fenced'; left -= 1)
  first = await start(atOnce)
isHeld = true
const from = performance.now()
const second = await start(held)
process.send?.({ first, second, heldFor: performance.now() - from })
process.disconnect()
