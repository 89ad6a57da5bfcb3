/** Settings of host pools, application groups and their applications, api-version 2024-04-03: one at a time, for fixes. */
import type { Application as ApplicationBody } from '@azure/arm-desktopvirtualization'
import { parseArmId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import {
  applicationGroupSettings,
  applicationSettings,
  poolSettings,
  type Written,
  wireValue,
} from '../model/settings.ts'
import type { AvdWrites } from '../ports/avd-writes.ts'
import { applicationOf } from './avd-content-shapes.ts'
import { applicationGroupOf } from './avd-shapes.ts'
import { asWritten, done, readAs, refused } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { misnamed } from './outcomes.ts'

/** The rights this gateway needs beside those of reading. */
export const actions: readonly string[] = [
  'Microsoft.DesktopVirtualization/applicationGroups/applications/read',
  'Microsoft.DesktopVirtualization/applicationGroups/applications/write',
  'Microsoft.DesktopVirtualization/applicationGroups/read',
  'Microsoft.DesktopVirtualization/applicationGroups/write',
  'Microsoft.DesktopVirtualization/hostPools/write',
]

type Azure = Pick<AzureClients, 'avd' | 'calls'>

export const avdWritesOf = (azure: Azure): AvdWrites => ({
  ...poolWrites(azure),
  ...groupWrites(azure),
  ...applicationWrites(azure),
})

function poolWrites({ avd, calls }: Azure): Pick<AvdWrites, 'setPoolProperty'> {
  return {
    async setPoolProperty(poolId, name, value, fence) {
      const id = parseArmId(poolId)
      if (!id) return misnamed(poolId)
      const written = wireValue(poolSettings, name, value)
      if (written === undefined) return notWritten(name)
      const { hostPools } = avd(id.subscription)
      const change = { hostPool: { [name]: written } }
      return done(await calls.write(fence, () => hostPools.update(id.resourceGroup, id.name, change)))
    },
  }
}

type GroupWrites = Pick<AvdWrites, 'applicationGroup' | 'putApplicationGroup' | 'setApplicationGroup'>

function groupWrites({ avd, calls }: Azure): GroupWrites {
  return {
    async applicationGroup(groupId) {
      const id = parseArmId(groupId)
      if (!id) return misnamed(groupId)
      const { applicationGroups } = avd(id.subscription)
      const read = await calls.one(() => applicationGroups.get(id.resourceGroup, id.name, asWritten))
      return orNone(read, 'The application group', applicationGroupOf)
    },
    async putApplicationGroup({ id: groupId, location, hostPoolId, type, settings }, fence) {
      const id = parseArmId(groupId)
      if (!id) return misnamed(groupId)
      const { applicationGroups } = avd(id.subscription)
      const body = {
        location,
        hostPoolArmPath: hostPoolId,
        applicationGroupType: type,
        ...bodyOf(settings, applicationGroupSettings),
      }
      return done(await calls.write(fence, () => applicationGroups.createOrUpdate(id.resourceGroup, id.name, body)))
    },
    async setApplicationGroup(groupId, settings, fence) {
      const id = parseArmId(groupId)
      if (!id) return misnamed(groupId)
      const { applicationGroups } = avd(id.subscription)
      const change = { applicationGroup: changeOf(settings, applicationGroupSettings) }
      return done(await calls.write(fence, () => applicationGroups.update(id.resourceGroup, id.name, change)))
    },
  }
}

function applicationWrites({ avd, calls }: Azure): Pick<AvdWrites, 'application' | 'putApplication'> {
  return {
    async application(applicationId) {
      const id = placeOf(applicationId)
      if (!id) return misnamed(applicationId)
      const { applications } = avd(id.subscription)
      const read = await calls.one(() => applications.get(id.resourceGroup, id.group, id.name, asWritten))
      return orNone(read, 'The application', applicationOf)
    },
    async putApplication(applicationId, settings, fence) {
      const id = placeOf(applicationId)
      if (!id) return misnamed(applicationId)
      const { applications } = avd(id.subscription)
      // Whatever the other side has for it; without one Azure says what is wrong with it.
      const body = bodyOf(settings, applicationSettings) as unknown as ApplicationBody
      const put = () => applications.createOrUpdate(id.resourceGroup, id.group, id.name, body)
      return done(await calls.write(fence, put))
    },
  }
}

type Settings = Readonly<Record<string, string>>
type Names = Readonly<Record<string, Written>>

/** Of what is replaced as a whole: what is left out is not set. */
const bodyOf = (settings: Settings, names: Names): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]): [string, unknown][] => {
      const written = wireValue(names, name, value)
      return written === undefined ? [] : [[name, written]]
    }),
  )

/** Of what is changed in place: texts that are not wanted are emptied. */
const changeOf = (settings: Settings, names: Names): Record<string, unknown> => ({
  ...Object.fromEntries(Object.keys(names).flatMap((name) => (names[name] === 'text' ? [[name, '']] : []))),
  ...bodyOf(settings, names),
})

function placeOf(applicationId: string) {
  const id = parseArmId(applicationId)
  const [group, name] = id?.names ?? []
  return id && group && name ? { ...id, group, name } : undefined
}

/** A 404 that is about the address and not about the thing stays a refusal. */
function orNone<T>(
  answer: Answer<unknown>,
  what: string,
  map: (value: unknown) => T | undefined,
): Answer<T | undefined> {
  const isAbsent =
    answer.kind === 'refused' &&
    answer.fault.code === 'notFound' &&
    !/^(Invalid|Subscription|ResourceGroup)/i.test(answer.fault.azureCode ?? '')
  return isAbsent ? { kind: 'ok', value: undefined } : readAs(answer, what, map)
}

const notWritten = (name: string): Answer<never> =>
  refused({ code: 'rejected', message: `${name} cannot be set to that`, retryable: false })
