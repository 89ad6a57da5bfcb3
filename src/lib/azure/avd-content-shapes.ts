/** What application groups and pools hold, and where people see it. */
import type { Application, AppPackage, Workspace } from '../model/azure.ts'
import { applicationSettings } from '../model/settings.ts'
import type { AppAttachPackage } from '../ports/gateways.ts'
import { resourceOf } from './avd-shapes.ts'
import { settingsOf } from './settings-of.ts'
import { lastOf, record, text, texts, type Wire } from './wire.ts'

/** Undefined without id or name, here and below. Its name is `group/application`. */
export function applicationOf(value: unknown): Application | undefined {
  const { id, name, properties } = resourceOf(value)
  return id && name ? { id, name: lastOf(name), settings: settingsOf(properties, applicationSettings) } : undefined
}

export function workspaceOf(value: unknown): Workspace | undefined {
  const { id, name, location, properties } = resourceOf(value)
  if (!id || !name) return undefined
  const friendlyName = text(properties.friendlyName)
  return {
    id,
    name,
    location,
    applicationGroupIds: texts(properties.applicationGroupReferences),
    ...(friendlyName === undefined ? {} : { friendlyName }),
  }
}

/** Named `pool/full name`. */
export function msixPackageOf(value: unknown): AppPackage | undefined {
  const { id, name, properties } = resourceOf(value)
  return id && name ? { id, kind: 'msix', fullName: lastOf(name), ...restOf(properties) } : undefined
}

/** Named as its maker liked; the image knows the package's full name. */
export function appAttachPackageOf(value: unknown): AppAttachPackage | undefined {
  const { id, name, properties } = resourceOf(value)
  if (!id || !name) return undefined
  const image = record(properties.image) ?? {}
  const fullName = text(image.packageFullName) ?? name
  return { id, kind: 'appAttach', fullName, ...restOf(image), hostPoolIds: texts(properties.hostPoolReferences) }
}

function restOf(properties: Wire): Pick<AppPackage, 'version' | 'isActive' | 'imagePath'> {
  const version = text(properties.version)
  const imagePath = text(properties.imagePath)
  return {
    isActive: properties.isActive === true,
    ...(version === undefined ? {} : { version }),
    ...(imagePath === undefined ? {} : { imagePath }),
  }
}
