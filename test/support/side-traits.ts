/** Traits of the small pairs that drift rules look at. */
import { hours } from '../../src/lib/core/time.ts'
import type { AppPackage, Vm } from '../../src/lib/model/azure.ts'
import type { BackupItem, Network, NetworkUse, StorageAccount } from '../../src/lib/model/estate.ts'
import type { PairSeen, SideSeen } from '../../src/lib/model/inventory.ts'
import type { DrPlan } from '../../src/lib/plan/schema.ts'
import { now, planOf, planText, storageIdOf, subscription, vmOf, withSide } from './plans.ts'

export const sides = ['primary', 'secondary'] as const
type Side = (typeof sides)[number]

/** The plan with more lines of YAML: of the pooled pair, of the personal pair, and at the top. */
export const planWith = ({
  pooled = '',
  personal = '',
  top = '',
}: {
  readonly pooled?: string
  readonly personal?: string
  readonly top?: string
}): DrPlan =>
  planOf(
    `${planText.replace('  - id: pooled\n', `  - id: pooled\n${indent(pooled)}`).replace('  - id: personal\n', `  - id: personal\n${indent(personal)}`)}${top}\n`,
  )

const indent = (lines: string): string =>
  lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `    ${line}\n`)
    .join('')

/** Profiles by Cloud Cache, on two accounts a side; packages on one a side. */
export const storageLines = `
profiles:
  kind: cloudCache
  accounts:
    primary: [${storageIdOf('stprofp')}, ${storageIdOf('stoffp')}]
    secondary: [${storageIdOf('stprofs')}, ${storageIdOf('stoffs')}]
packages:
  accounts: { primary: [${storageIdOf('stappp')}], secondary: [${storageIdOf('stapps')}] }
`
export const cachedPlan = planWith({ pooled: storageLines })

export const mapVms = (seen: PairSeen, side: Side, map: (vm: Vm) => Vm): PairSeen =>
  withSide(seen, side, { vms: (seen[side].vms ?? []).map(map) })

/** What the guests of that side wrote down; of some machines alone where they are named. */
export const withGuests = (seen: PairSeen, side: Side, facts: object, only?: readonly string[]): PairSeen =>
  mapVms(seen, side, (vm) =>
    only && !only.includes(vm.name) ? vm : { ...vm, tags: { ...vm.tags, 'avd-dr-fslogix': JSON.stringify(facts) } },
  )

export const guestsAtHome = { type: 0, vhd: 0, ccd: 'stprofp stprofs', officeVhd: 0, office: 'stoffp stoffs' }
export const guestsAway = { ...guestsAtHome, ccd: 'stprofs stprofp', office: 'stoffs stoffp' }

/** Both sides tell what is well. */
export const withGuestsOfBoth = (seen: PairSeen): PairSeen =>
  withGuests(withGuests(seen, 'primary', guestsAtHome), 'secondary', guestsAway)

export const withBoth = (seen: PairSeen, traits: (side: Side) => Partial<SideSeen>): PairSeen =>
  sides.reduce((all, side) => withSide(all, side, traits(side)), seen)

const accountOf = (name: string, location: string): StorageAccount => ({
  id: storageIdOf(name).replace('resourceGroups', 'resourcegroups'),
  name,
  location,
  sku: 'Premium_ZRS',
  kind: 'FileStorage',
})

/** What `storageLines` names. */
export const accountsSeen: readonly StorageAccount[] = [
  ...['stprofp', 'stoffp', 'stappp'].map((name) => accountOf(name, 'uksouth')),
  ...['stprofs', 'stoffs', 'stapps'].map((name) => accountOf(name, 'ukwest')),
]

export const packageOf = (fullName: string, account: string): AppPackage => ({
  id: `/packages/${fullName}`,
  kind: 'msix',
  fullName,
  isActive: true,
  imagePath: `\\\\${account}.file.core.windows.net\\apps\\${fullName}.vhdx`,
})

export const networkIdOf = (name: string) =>
  `/subscriptions/${subscription}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/${name}`

export const networkOf = (
  name: string,
  location: string,
  remotes: readonly string[],
  traits: Partial<Network> = {},
): Network => ({
  id: networkIdOf(name),
  location,
  dnsServers: [],
  peerings: remotes.map((remote) => ({ remoteId: networkIdOf(remote).toLowerCase(), state: 'Connected' })),
  ...traits,
})

/** A spoke and a hub in each region, the hubs peered; name servers of each region first. */
export const networksSeen: readonly Network[] = [
  networkOf('spoke-s', 'uksouth', ['hub-s'], { dnsServers: ['10.1.0.4', '10.2.0.4'] }),
  networkOf('hub-s', 'uksouth', ['spoke-s', 'hub-w']),
  networkOf('hub-w', 'ukwest', ['hub-s', 'spoke-w']),
  networkOf('spoke-w', 'ukwest', ['hub-w'], { dnsServers: ['10.2.0.4', '10.1.0.4'] }),
]

export const networkUseSeen: readonly NetworkUse[] = [
  { group: `${subscription}/rg-s`, subnetId: `${networkIdOf('spoke-s')}/subnets/hosts` },
  { group: `${subscription}/rg-w`, subnetId: `${networkIdOf('spoke-w').toLowerCase()}/subnets/hosts` },
  { group: `${subscription}/rg-other`, subnetId: `${networkIdOf('lonely')}/subnets/hosts` },
]

export const vaultIdOf = (name: string) =>
  `/subscriptions/${subscription}/resourceGroups/rg-b/providers/Microsoft.RecoveryServices/vaults/${name}`

export const backupOf = (kind: 'vm' | 'share', sourceId: string, traits: Partial<BackupItem> = {}): BackupItem => ({
  id: `${vaultIdOf('backups')}/items/${sourceId.split('/').at(-1)}`,
  vaultId: vaultIdOf('backups'),
  kind,
  sourceId: sourceId.toLowerCase(),
  state: 'Protected',
  lastBackup: now - hours(20),
  ...traits,
})

/** As Azure reports them: two in the primary region, one in the secondary. */
export const controllersSeen: readonly Vm[] = [
  vmOf('rg-dc', 'dc-s1', 'uksouth', { power: 'running', zone: '1' }),
  vmOf('rg-dc', 'dc-s2', 'uksouth', { power: 'running', zone: '2' }),
  vmOf('rg-dc', 'dc-w1', 'ukwest', { power: 'running' }),
]
export const domainPlan = planWith({
  top: `identity: { kind: domain, domainControllers: [${controllersSeen.map(({ id }) => id).join(', ')}] }`,
})
