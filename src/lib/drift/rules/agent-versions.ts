import { hours, type Instant, type Millis } from '../../core/time.ts'
import { type HostMachine, isOn, machinesOn } from '../host-machines.ts'
import { isPooled, type Side, sidesOf } from '../next-move.ts'
import { given } from '../outcome.ts'
import type { Found, Rule, Unchecked } from '../rule.ts'

/**
 * Agents update themselves while their host runs, so a standby host is behind for a while after each release: nothing is
 * found in that. Which version is behind which is read from the numbers; which one Azure wants is told nowhere.
 */
export const agentVersions: Rule = {
  id: 'agent-versions',
  title: 'Agents of session hosts are not left behind',
  severity: 'advice',
  blocks: 'never',
  compares:
    'agent versions of the hosts of both sides. Found is a host of the side in use that runs and is older than every other one that runs there, and a standby host that is older than all of those and has been silent for more than a month.',
  why: "An agent that is behind updates itself when its host is started, and takes no users meanwhile: in a failover those minutes are everybody's.",
  source: {
    title:
      'Azure Virtual Desktop disaster recovery concepts: update session hosts, also those that are off, every month',
    url: 'https://learn.microsoft.com/azure/virtual-desktop/disaster-recovery-concepts',
  },
  howToFix:
    'Start the host and leave it on for two hours, or give the pair a `keepAlive`. If it stays behind, reinstall the agent.',
  appliesTo: isPooled,
  check: (context) => {
    const { active, standby } = sidesOf(context)
    return given(
      { active: machinesOn(context, active), standby: machinesOn(context, standby) },
      ({ active: here, standby: there }) => {
        const running = here.filter(({ vm }) => isOn(vm))
        const all = running
          .map(({ host }) => versionOf(host.agentVersion))
          .filter((version) => version !== undefined)
          .sort(compare)
        const sleepers = there.filter(({ host }) => isAsleep(host.lastHeartbeat, context.takenAt))
        return {
          findings: [...stragglers(running, all, active), ...behind(sleepers, all[0], standby)],
          unchecked: [...untold(running, active), ...untold(there, standby)],
        }
      },
    )
  },
}

const untold = (hosts: readonly HostMachine[], side: Side): readonly Unchecked[] =>
  hosts
    .filter(({ host }) => versionOf(host.agentVersion) === undefined)
    .map(({ host }) => ({ subject: `${side}/${host.name}`, reason: 'Azure does not say its agent version' }))

type Version = readonly number[]

/** Hosts that are kept off are to be brought up to date as often (AVD disaster recovery concepts). */
const month: Millis = hours(31 * 24)

const isAsleep = (heartbeat: Instant | undefined, at: Instant): boolean =>
  heartbeat !== undefined && at - heartbeat > month

/** Of two one is always the last to update; chosen. */
const fewest = 3

/** One that the others have left; a release reaches a pool within days, and several are behind at first. */
function stragglers(running: readonly HostMachine[], sorted: readonly Version[], side: Side): readonly Found[] {
  const [oldest, next] = sorted
  if (!oldest || !next || sorted.length < fewest || compare(oldest, next) === 0) return []
  return olderThan(next, running, side)
}

const behind = (hosts: readonly HostMachine[], oldest: Version | undefined, side: Side): readonly Found[] =>
  oldest === undefined ? [] : olderThan(oldest, hosts, side)

const olderThan = (limit: Version, hosts: readonly HostMachine[], side: Side): readonly Found[] =>
  hosts.flatMap(({ host: { name, agentVersion } }) => {
    const version = versionOf(agentVersion)
    if (!version || compare(version, limit) >= 0) return []
    return [
      {
        subject: `${side}/${name}`,
        evidence: `The agent of ${name} is ${agentVersion}, others have ${limit.join('.')}.`,
      },
    ]
  })

const versionOf = (text: string | undefined): Version | undefined =>
  text !== undefined && /^\d+(\.\d+)*$/.test(text) ? text.split('.').map(Number) : undefined

function compare(a: Version, b: Version): number {
  const at = a.findIndex((number, i) => number !== (b[i] ?? 0))
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0)
}
