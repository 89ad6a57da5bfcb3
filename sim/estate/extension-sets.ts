/** Extensions that session hosts carry (templates of Microsoft's and of the community; facts of the settings are model). */
import type { SimExtension } from '../arm/estate-types.ts'

const done = { state: 'Succeeded', autoUpgradeMinorVersion: true } as const

export const monitorAgent: SimExtension = {
  ...done,
  name: 'AzureMonitorWindowsAgent',
  publisher: 'Microsoft.Azure.Monitor',
  type: 'AzureMonitorWindowsAgent',
  version: '1.10',
  enableAutomaticUpgrade: true,
}
export const dependencyAgent: SimExtension = {
  ...done,
  name: 'DependencyAgentWindows',
  publisher: 'Microsoft.Azure.Monitoring.DependencyAgent',
  type: 'DependencyAgentWindows',
  version: '9.10',
  enableAutomaticUpgrade: true,
  settings: { enableAMA: 'true' },
}
export const guestAttestation: SimExtension = {
  ...done,
  name: 'GuestAttestation',
  publisher: 'Microsoft.Azure.Security.WindowsAttestation',
  type: 'GuestAttestation',
  version: '1.0',
  settings: {
    AttestationConfig: {
      MaaSettings: { maaEndpoint: '', maaTenantName: 'Guest Attestation' },
      AscSettings: { ascReportingEndpoint: '', ascReportingFrequency: '' },
      useCustomToken: 'false',
      disableAlerts: 'false',
    },
  },
}
export const networkWatcher: SimExtension = {
  ...done,
  name: 'AzureNetworkWatcherExtension',
  publisher: 'Microsoft.Azure.NetworkWatcher',
  type: 'NetworkWatcherAgentWindows',
  version: '1.4',
}
export const antimalware: SimExtension = {
  ...done,
  name: 'IaaSAntimalware',
  publisher: 'Microsoft.Azure.Security',
  type: 'IaaSAntimalware',
  version: '1.3',
  settings: { AntimalwareEnabled: true, RealtimeProtectionEnabled: 'true' },
}
export const domainJoin: SimExtension = {
  ...done,
  name: 'joindomain',
  publisher: 'Microsoft.Compute',
  type: 'JsonADDomainExtension',
  version: '1.3',
  settings: { Name: 'contoso.com', User: 'contoso.com\\svc-join', Restart: 'true', Options: '3' },
}
export const poolJoin: SimExtension = {
  ...done,
  name: 'Microsoft.PowerShell.DSC',
  publisher: 'Microsoft.Powershell',
  type: 'DSC',
  version: '2.77',
  settings: { configurationFunction: 'Configuration.ps1\\AddSessionHost', properties: { hostPoolName: 'hp-personal' } },
}
const entraJoin: SimExtension = {
  ...done,
  name: 'AADLoginForWindows',
  publisher: 'Microsoft.Azure.ActiveDirectory',
  type: 'AADLoginForWindows',
  version: '2.0',
}

export type ExtensionMix = 'mixed' | 'four' | 'none'

/** Sets of the desktops of a fleet, in turn. `four`: as many to restore on every one, none to leave alone. */
export const extensionMixes: Readonly<Record<ExtensionMix, readonly (readonly SimExtension[])[]>> = {
  none: [[]],
  four: [[monitorAgent, dependencyAgent, guestAttestation, networkWatcher]],
  mixed: [
    [domainJoin, poolJoin, monitorAgent, dependencyAgent, guestAttestation, networkWatcher],
    [domainJoin, monitorAgent, dependencyAgent, guestAttestation, antimalware],
    [poolJoin, monitorAgent, guestAttestation, networkWatcher],
  ],
}

/** Of machines nobody has equipped otherwise. */
export const usualExtensions: readonly SimExtension[] = [monitorAgent, entraJoin, guestAttestation]
