/**
 * Extensions that session hosts are known to carry, and what becomes of them after a failover.
 *
 * Site Recovery carries none over (learn.microsoft.com, "Multiregion BCDR for Azure Virtual Desktop"). What is not here and
 * not in the plan is left to a person: nobody guesses what an extension does when it is installed a second time.
 */
import type { CatalogueEntry } from './catalogue.ts'

const restored = (extension: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  extension,
  action: 'restore',
  ...more,
})
const skipped = (extension: string, reason: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  extension,
  action: 'skip',
  reason,
  ...more,
})
const manual = (extension: string, reason: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  extension,
  action: 'manual',
  reason,
  ...more,
})

const onlyAtCreation = 'Only used when a session host is made; once more it would join or register the machine anew.'
const byPolicy = 'Azure Policy provisions it by itself.'
const onDisk = 'Its driver is on the disk that was failed over.'
const byDefender = 'Defender for Cloud provisions it by itself.'

const azureMonitorWindows = 'Microsoft.Azure.Monitor/AzureMonitorWindowsAgent'
const azureMonitorLinux = 'Microsoft.Azure.Monitor/AzureMonitorLinuxAgent'
const attestation = 'Microsoft.Azure.Security.WindowsAttestation/GuestAttestation'

/** No plan can ask for these (the same page: they may be lost after a first failover). */
export const neverRestored = ['Microsoft.Compute/JsonADDomainExtension', 'Microsoft.Powershell/DSC'] as const

export const defaultEntries: readonly CatalogueEntry[] = [
  ...neverRestored.map((extension) => skipped(extension, onlyAtCreation)),
  // The join is on the disk; with the management id the machine would be enrolled once more.
  restored('Microsoft.Azure.ActiveDirectory/AADLoginForWindows', { settings: { mdmId: null } }),
  restored(attestation),
  restored('Microsoft.Azure.Security.LinuxAttestation/GuestAttestation'),
  restored('Microsoft.Azure.Security/IaaSAntimalware'),
  restored(azureMonitorWindows, { after: [attestation] }),
  restored(azureMonitorLinux),
  restored('Microsoft.Azure.Monitoring.DependencyAgent/DependencyAgentWindows', { after: [azureMonitorWindows] }),
  restored('Microsoft.Azure.Monitoring.DependencyAgent/DependencyAgentLinux', { after: [azureMonitorLinux] }),
  restored('Microsoft.Azure.NetworkWatcher/*'),
  skipped('Microsoft.HpcCompute/*', onDisk),
  skipped('Microsoft.Azure.AzureDefenderForServers/*', byDefender),
  skipped('Microsoft.GuestConfiguration/*', byPolicy),
  skipped('Microsoft.Azure.RecoveryServices.SiteRecovery/*', 'Site Recovery manages it.'),
  manual('Microsoft.Compute/CustomScriptExtension', 'It would run its script once more.', { isSlow: true }),
  manual('Microsoft.EnterpriseCloud.Monitoring/MicrosoftMonitoringAgent', 'Retired, and it needs a workspace key.', {
    needsProtectedSettings: true,
  }),
]
