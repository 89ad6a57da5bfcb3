import { createRandom } from '../random.ts'
import { createAgenda } from './agenda.ts'
import { failure, gatewayFailure } from './answers.ts'
import { deadAnswer } from './dead-region.ts'
import { createEstate } from './estate.ts'
import type { Estate } from './estate-types.ts'
import { createFaults, type FaultMachine, type FaultOptions, type Struck } from './faults.ts'
import { createLedger } from './ledger.ts'
import { refusalOf } from './permission.ts'
import { isDead, type Placement, placementOf, regionAsked } from './placement.ts'
import { createRouter, type Match, namespaceIn } from './routes.ts'
import { createThrottle, type Throttle, type ThrottlingOptions } from './throttling.ts'
import { realTimings } from './timings.ts'
import type { Provider, Sim, SimAnswer, SimRequest, SimResponse, Timings } from './types.ts'

export type SimOptions = {
  readonly clock: { readonly now: () => number }
  readonly seed: number | string
  readonly providers: readonly Provider[]
  readonly timings?: Partial<Timings>
  readonly faults?: FaultOptions
  readonly throttling?: ThrottlingOptions
  readonly estate?: Estate
  /** A function when it is known only later, as that of a server on a free port. */
  readonly origin?: string | (() => string)
}

export type Kernel = { readonly sim: Sim; readonly handle: (request: SimRequest) => SimAnswer }

export const defaultOrigin = 'https://management.sim.example'

/**
 * The simulated Resource Manager: finds the operation, applies lost regions, throttling and injected trouble, and keeps
 * the record. Each request is carried out at one instant, the moment `handle` is called.
 */
export function createSim(options: SimOptions): Kernel {
  const { clock, seed, origin = defaultOrigin } = options
  const { now, agenda } = createAgenda(clock.now)
  const random = createRandom(seed)
  const faults = createFaults(random.fork('faults'), now, options.faults)
  const sim: Sim = {
    now,
    agenda,
    random: random.fork('world'),
    timings: { ...realTimings, ...options.timings },
    ledger: createLedger(now),
    get origin() {
      return typeof origin === 'function' ? origin() : origin
    },
    estate: options.estate ?? createEstate(),
    faults,
  }
  const router = createRouter(options.providers)
  const throttle = createThrottle(now, options.throttling)
  const ids = random.fork('requests')

  const handle = (request: SimRequest): SimAnswer => {
    agenda.settle()
    const match = router.match(request)
    const placement = placementOf(request.path, sim.estate)
    const outcome = answerTo({ request, match, placement }, sim, throttle, faults, router.namespaceOf(request.path))
    const { answer, name } = outcome
    const region = regionAsked(request, placement)
    sim.ledger.record({
      at: sim.now(),
      principal: request.principal,
      method: request.method,
      path: request.path,
      action: match?.route.action ?? 'unknown',
      status: typeof answer === 'string' ? 0 : answer.status,
      ...(region === undefined ? {} : { region }),
      ...(name === undefined ? {} : { injected: name }),
    })
    return typeof answer === 'string' ? answer : withIds(request, answer, ids.uuid())
  }
  return { sim, handle }
}

type Outcome = { readonly answer: SimAnswer; readonly name?: string }

type Asked = { readonly request: SimRequest; readonly match: Match | undefined; readonly placement: Placement }

function answerTo(
  { request, match, placement }: Asked,
  sim: Sim,
  throttle: Throttle,
  faults: FaultMachine,
  provider: Provider | undefined,
): Outcome {
  if (request.principal === '') return { answer: unauthenticated() }
  if (isDead(placement, sim.estate)) return { answer: deadAnswer(sim, placement), name: 'deadRegion' }
  const refusal = versionRefusal(request, match?.route ?? provider, match?.provider)
  if (refusal) return { answer: refusal }
  if (!match) return { answer: unknownRoute(request, provider) }

  const call = { request, action: match.route.action }
  const struck = faults.before(call)
  if (struck) return struck
  const { headers, refused } = charge(request, match, placement, throttle)
  if (refused) return { answer: { ...refused, headers: { ...headers, ...refused.headers } }, name: 'throttle' }
  const answer = refusalOf(sim, request, match.route.action) ?? match.route.handle(request, match.params, sim)
  const complete = { ...answer, headers: { ...headers, ...answer.headers } }
  const spoilt: Struck | undefined = faults.after(call, complete)
  return spoilt ?? { answer: complete }
}

function charge(request: SimRequest, { route }: Match, placement: Placement, throttle: Throttle) {
  const { subscription, region = 'unknown', vm } = placement
  const arm = throttle.arm(request, subscription, route.bucket)
  if (arm.refusal || route.compute === undefined) return { headers: arm.headers, refused: arm.refusal }
  const compute = throttle.compute(route.compute, subscription, region, vm)
  return { headers: { ...arm.headers, ...compute.headers }, refused: compute.refusal }
}

type Versioned = Pick<Provider, 'apiVersions'>

function versionRefusal(
  request: SimRequest,
  own: Versioned | undefined,
  provider?: Versioned,
): SimResponse | undefined {
  const version = request.query['api-version']
  if (version === undefined || version === '') {
    return gatewayFailure(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    )
  }
  const known = own?.apiVersions ?? provider?.apiVersions
  const isKnown = known ? known.includes(version) : /^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)
  if (isKnown) return undefined
  const supported = known ? ` The supported versions are '${known.join(',')}'.` : ''
  return gatewayFailure(400, 'InvalidApiVersionParameter', `The api-version '${version}' is invalid.${supported}`)
}

function unknownRoute(request: SimRequest, provider: Provider | undefined): SimResponse {
  const namespace = namespaceIn(request.path)
  if (!provider)
    return gatewayFailure(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`)
  return gatewayFailure(
    404,
    'InvalidResourceType',
    `The resource type of '${request.method} ${request.path}' could not be found in the namespace '${provider.namespace}' for api version '${request.query['api-version']}'.`,
  )
}

function unauthenticated(): SimResponse {
  return failure(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.", {
    'www-authenticate': 'Bearer authorization_uri="https://login.sim.example/", error="invalid_token"',
    'x-ms-failure-cause': 'gateway',
  })
}

/** A provider's own `x-ms-request-id` stays: Site Recovery puts the job's id there. */
function withIds(request: SimRequest, answer: SimResponse, id: string): SimResponse {
  const correlation = request.headers['x-ms-correlation-request-id'] ?? id
  return {
    ...answer,
    headers: { 'x-ms-request-id': id, 'x-ms-correlation-request-id': correlation, ...answer.headers },
  }
}
