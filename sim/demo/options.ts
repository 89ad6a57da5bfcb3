import { parseArgs } from 'node:util'

export const demoFleets = ['demo', 'small', 'thousand'] as const
export type DemoFleet = (typeof demoFleets)[number]

export type DemoOptions = {
  readonly fleet: DemoFleet
  readonly speed: number
  readonly kind: 'failover' | 'failback'
  readonly primaryIsDown: boolean
  /** Stays up afterwards. */
  readonly keep: boolean
  readonly seed: string
}

/**
 * Two cores carry about this much: faster, and what the machine does itself is a large part of every time shown, since
 * each of its milliseconds counts as so many.
 */
const usualSpeeds: Readonly<Record<DemoFleet, number>> = { demo: 12, small: 20, thousand: 8 }
const fastestSpeed = 600

export const usage = `npm run demo -- [options]

  --fleet demo|small|thousand   demo: 2 × 120 pooled hosts and 250 personal desktops (default)
                                small: 2 × 24 and 30; thousand: 1,000 personal desktops
  --speed N                     how many times as fast as real (default ${usualSpeeds.demo}; small: ${usualSpeeds.small}, thousand: ${usualSpeeds.thousand})
  --kind failover|failback      failback: the pooled pair goes over and comes back (default failover)
  --primary-is-down             the primary region answers no call from the start of the failover on
  --seed TEXT                   another course of events (default 1)
  --keep                        stays up afterwards and says where
  --help`

export type ReadOptions =
  | { readonly kind: 'run'; readonly options: DemoOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }

export function readOptions(args: readonly string[]): ReadOptions {
  try {
    const { values } = parseArgs({ args: [...args], options: known, strict: true })
    if (values.help) return { kind: 'help' }
    const [fleet, kind] = [demoFleets.find((name) => name === values.fleet), kinds.find((one) => one === values.kind)]
    if (!fleet) return wrong(`--fleet needs one of ${demoFleets.join(', ')}`)
    if (!kind) return wrong(`--kind needs one of ${kinds.join(', ')}`)
    const speed = Number(values.speed ?? usualSpeeds[fleet])
    if (!(speed >= 1 && speed <= fastestSpeed)) return wrong(`--speed needs a number from 1 to ${fastestSpeed}`)
    if (kind === 'failback' && fleet === 'thousand') return wrong('--fleet thousand has no pooled pair to come back')
    const { keep, seed, 'primary-is-down': primaryIsDown } = values
    if (kind === 'failback' && primaryIsDown) return wrong('nothing comes back to a primary that is down')
    return { kind: 'run', options: { fleet, speed, kind, primaryIsDown, keep, seed } }
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error))
  }
}

const kinds = ['failover', 'failback'] as const

const known = {
  fleet: { type: 'string', default: 'demo' },
  speed: { type: 'string' },
  kind: { type: 'string', default: 'failover' },
  'primary-is-down': { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const wrong = (problem: string): ReadOptions => ({ kind: 'wrong', problem })
