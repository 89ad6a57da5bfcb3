// Loaded with --require: makes this process live in fast time, SIM_SPEED times as fast from the real moment
// SIM_EPOCH_REAL on, when the simulated one was SIM_EPOCH (both ms since 1970). This is the only place that scales; the
// code that runs on it knows nothing of it. Left as they are: setImmediate, Node's own socket timeouts, HTTP/2, TLS.
// SIM_SKEW (ms) sets this process's own clock wrong, and SIM_JUMP (ms) makes it jump when SIGUSR2 comes: `Date`
// alone, since what measures lengths of time never jumps.
const http = require('node:http')
const { syncBuiltinESMExports } = require('node:module')
const { performance } = require('node:perf_hooks')
const timers = require('node:timers')
const timersPromises = require('node:timers/promises')
const { promisify } = require('node:util')

const speed = Number(process.env.SIM_SPEED ?? 1)
const epochReal = Number(process.env.SIM_EPOCH_REAL ?? 0)
const epochSim = Number(process.env.SIM_EPOCH ?? epochReal)
let skew = Number(process.env.SIM_SKEW ?? 0)
const jump = Number(process.env.SIM_JUMP ?? 0)
if (!(speed > 0) || !Number.isFinite(epochReal + epochSim + skew + jump))
  throw new Error('SIM_SPEED, an epoch, SIM_SKEW or SIM_JUMP is no number')
if (speed !== 1 || epochReal !== epochSim || skew !== 0 || jump !== 0) liveFast()

function liveFast() {
  const simOf = (real) => epochSim + (real - epochReal) * speed
  const shownOf = (real) => simOf(real) + skew
  scaleDate(shownOf)
  scaleMonotonic(simOf)
  scaleTimers()
  sendScaledDate()
  syncBuiltinESMExports()
  if (jump !== 0) process.once('SIGUSR2', jumpOnce)
}

function jumpOnce() {
  skew += jump
}

function scaleDate(shownOf) {
  const RealDate = Date
  const realNow = RealDate.now
  const now = () => Math.floor(shownOf(realNow()))
  RealDate.now = now
  const FastDate = new Proxy(RealDate, {
    construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
    apply: () => new RealDate(now()).toString(),
  })
  RealDate.prototype.constructor = FastDate
  globalThis.Date = FastDate
}

function scaleMonotonic(simOf) {
  const realNow = performance.now.bind(performance)
  const timeOrigin = simOf(performance.timeOrigin)
  Object.defineProperty(performance, 'now', { value: () => realNow() * speed, configurable: true, writable: true })
  Object.defineProperty(performance, 'timeOrigin', { value: timeOrigin, configurable: true })

  const realTicks = process.hrtime.bigint
  const begin = realTicks()
  const ticks = () => begin + BigInt(Math.round(Number(realTicks() - begin) * speed))
  process.hrtime = Object.assign(
    (before) => {
      const at = ticks() - (before ? BigInt(before[0]) * 1_000_000_000n + BigInt(before[1]) : 0n)
      return [Number(at / 1_000_000_000n), Number(at % 1_000_000_000n)]
    },
    { bigint: ticks },
  )
  const realUptime = process.uptime
  process.uptime = () => realUptime() * speed
}

/** Node turns what is longer into 1 ms (TIMEOUT_MAX, nodejs.org/api/timers); that stays so. */
const longestDelay = 2 ** 31 - 1

/** Up, so that no timer comes early. */
const shorter = (delay) => (delay > 0 && delay <= longestDelay ? Math.ceil(delay / speed) : delay)

function scaleTimers() {
  const { setTimeout: once, setInterval: often } = timers
  const { setTimeout: wait, setInterval: tick, scheduler } = timersPromises
  const scale =
    (real) =>
    (effect, delay, ...args) =>
      real(effect, shorter(delay), ...args)
  const fastWait = (delay, ...args) => wait(shorter(delay), ...args)
  const fastOnce = Object.assign(scale(once), { [promisify.custom]: fastWait })
  timers.setTimeout = globalThis.setTimeout = fastOnce
  timers.setInterval = globalThis.setInterval = scale(often)
  timersPromises.setTimeout = fastWait
  timersPromises.setInterval = (delay, ...args) => tick(shorter(delay), ...args)
  const pause = scheduler.wait.bind(scheduler)
  Object.defineProperty(scheduler, 'wait', { value: (delay, options) => pause(shorter(delay), options) })
  const expire = AbortSignal.timeout.bind(AbortSignal)
  AbortSignal.timeout = (delay) => expire(shorter(delay))
}

/** Node takes the header from a clock of its own, which a new `Date` does not reach. */
function sendScaledDate() {
  const { writeHead } = http.ServerResponse.prototype
  http.ServerResponse.prototype.writeHead = function (...args) {
    if (this.sendDate && !this.headersSent && !this.hasHeader('date')) this.setHeader('Date', new Date().toUTCString())
    return writeHead.apply(this, args)
  }
}
