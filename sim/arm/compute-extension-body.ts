import type { SimExtension, SimVm } from './estate-types.ts'

/** Protected settings never come back; a reference to a vault does. */
export function extensionBody(vm: SimVm, extension: SimExtension, withInstanceView = false): Record<string, unknown> {
  const { name, publisher, type, version, settings, secret, state, provisionAfter } = extension
  const { autoUpgradeMinorVersion, enableAutomaticUpgrade } = extension
  return {
    name,
    id: extensionId(vm, name),
    type: 'Microsoft.Compute/virtualMachines/extensions',
    location: vm.location,
    properties: {
      ...(autoUpgradeMinorVersion !== undefined && { autoUpgradeMinorVersion }),
      ...(enableAutomaticUpgrade !== undefined && { enableAutomaticUpgrade }),
      publisher,
      type,
      typeHandlerVersion: version,
      ...(settings && { settings }),
      ...(secret && { protectedSettingsFromKeyVault: { secretUrl: secret.url, sourceVault: { id: secret.vaultId } } }),
      ...(provisionAfter && { provisionAfterExtensions: provisionAfter }),
      provisioningState: state,
      ...(withInstanceView && { instanceView: extensionStatus(extension) }),
    },
  }
}

/** An entry of `instanceView.extensions`. */
export function extensionStatus({ name, publisher, type, version, state, problem }: SimExtension) {
  const isBad = state === 'Failed'
  const status = {
    code: `ProvisioningState/${isBad ? `failed/${problem?.code ?? 'Unknown'}` : state.toLowerCase()}`,
    level: isBad ? 'Error' : 'Info',
    displayStatus: isBad ? 'Provisioning failed' : state === 'Succeeded' ? 'Provisioning succeeded' : state,
    ...(problem && { message: problem.message }),
  }
  return { name, type: `${publisher}.${type}`, typeHandlerVersion: `${version}.0.0`, statuses: [status] }
}

export const extensionId = (vm: SimVm, name: string): string => `${vm.id}/extensions/${name}`
