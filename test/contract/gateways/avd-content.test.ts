/** What Azure Virtual Desktop says of pool settings, applications, workspaces and packages, byte by byte. */
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { endpoint, type Reply, scripted, subscription } from './support.ts'

const providers = `/subscriptions/${subscription}/resourceGroups/rg-avd/providers/Microsoft.DesktopVirtualization`
const pool = `${providers}/hostPools/hp`
const group = `${providers}/applicationGroups/rag`
const ok = (body: unknown): Reply => ({ status: 200, body })
const okOf = <T>(answer: Answer<T>): T => {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer.fault))
  return answer.value
}

test('settings of a pool are texts as they are, and JSON with its keys in order; what is not set is left out', async () => {
  const properties = {
    hostPoolType: 'Pooled',
    maxSessionLimit: 12,
    customRdpProperty: 'audiomode:i:0;',
    validationEnvironment: false,
    agentUpdate: { useSessionHostLocalTime: true, type: 'Scheduled', maintenanceWindowTimeZone: null, new: [] },
    description: '',
    ssoClientId: null,
    objectId: 'x',
  }
  const { gateways } = scripted(() => ok({ id: pool, name: 'hp', location: 'uksouth', properties }))
  const { settings } = okOf(await gateways.avd.hostPool(pool))
  expect(settings).toEqual({
    customRdpProperty: 'audiomode:i:0;',
    maxSessionLimit: '12',
    validationEnvironment: 'false',
    agentUpdate: '{"type":"Scheduled","useSessionHostLocalTime":true}',
  })
})

test('a scaling plan says when it does what, in a text that is equal for equal schedules', async () => {
  const plan = (schedules: unknown) => ({
    id: `${providers}/scalingPlans/sp`,
    name: 'sp',
    location: 'uksouth',
    properties: { timeZone: 'GMT Standard Time', schedules, hostPoolReferences: null },
  })
  const read = async (schedules: unknown) => {
    const { gateways } = scripted(() => ok({ value: [plan(schedules)] }))
    return okOf(await gateways.avd.scalingPlans(pool))[0]
  }
  const first = await read([{ name: 'week', rampUpStartTime: { minute: 0, hour: 7 } }])
  expect(first).toMatchObject({ location: 'uksouth', timeZone: 'GMT Standard Time' })
  expect(first?.schedules).toBe((await read([{ rampUpStartTime: { hour: 7, minute: 0 }, name: 'week' }]))?.schedules)
  const newer = await read([{ name: 'week', rampUpStartTime: { hour: 7, minute: 0, second: 0 }, rampUpMood: 'calm' }])
  expect(newer?.schedules).toBe(first?.schedules)
  expect(await read([])).not.toHaveProperty('schedules')
})

test('an application group says which workspace shows it, and where it is', async () => {
  const properties = {
    hostPoolArmPath: pool,
    applicationGroupType: 'RemoteApp',
    workspaceArmPath: '/ws',
    friendlyName: 'Office',
    showInFeed: true,
  }
  const { gateways } = scripted(() => ok({ value: [{ id: group, name: 'rag', location: 'uksouth', properties }] }))
  expect(okOf(await gateways.avd.applicationGroups(subscription, 'rg-avd'))).toEqual([
    {
      id: group,
      name: 'rag',
      location: 'uksouth',
      hostPoolId: pool,
      type: 'RemoteApp',
      workspaceId: '/ws',
      settings: { friendlyName: 'Office', showInFeed: 'true' },
    },
  ])
})

test('applications come page by page, without the name of their group and without their icons', async () => {
  const next = `${endpoint}${group}/applications?api-version=2024-04-03&initialSkip=1`
  const one = (name: string, properties: object) => ({
    id: `${group}/applications/${name}`,
    name: `rag/${name}`,
    properties,
  })
  const { gateways, sent } = scripted(({ url }) =>
    url === next
      ? ok({ value: [one('calc', { iconHash: 'x', iconContent: 'AAAA' })] })
      : ok({ value: [one('word', { filePath: 'C:\\word.exe', iconIndex: 0, showInPortal: true })], nextLink: next }),
  )
  expect(okOf(await gateways.avd.applications(group))).toEqual([
    {
      id: `${group}/applications/word`,
      name: 'word',
      settings: { filePath: 'C:\\word.exe', iconIndex: '0', showInPortal: 'true' },
    },
    { id: `${group}/applications/calc`, name: 'calc', settings: {} },
  ])
  expect(sent).toHaveLength(2)
})

test('workspaces are those of a whole subscription', async () => {
  const id = `${providers}/workspaces/ws`
  const { gateways, sent } = scripted(() =>
    ok({
      value: [
        {
          id,
          name: 'ws',
          location: 'uksouth',
          properties: { friendlyName: 'Work', applicationGroupReferences: [group] },
        },
        { id: `${id}2`, name: 'ws2', location: 'ukwest', properties: { applicationGroupReferences: null } },
      ],
    }),
  )
  expect(okOf(await gateways.avd.workspaces(subscription))).toEqual([
    { id, name: 'ws', location: 'uksouth', friendlyName: 'Work', applicationGroupIds: [group] },
    { id: `${id}2`, name: 'ws2', location: 'ukwest', applicationGroupIds: [] },
  ])
  expect(new URL(sent[0]?.url ?? '').pathname).toBe(
    `/subscriptions/${subscription}/providers/Microsoft.DesktopVirtualization/workspaces`,
  )
})

describe('packages', () => {
  test('of a pool are named by their full name', async () => {
    const name = 'Contoso.Notes_2.1.0.0_x64__abc'
    const properties = { version: '2.1.0.0', isActive: true, imagePath: '\\\\st\\apps\\notes.vhdx' }
    const { gateways } = scripted(() =>
      ok({ value: [{ id: `${pool}/msixPackages/${name}`, name: `hp/${name}`, properties }] }),
    )
    expect(okOf(await gateways.avd.msixPackages(pool))).toEqual([
      { id: `${pool}/msixPackages/${name}`, kind: 'msix', fullName: name, ...properties },
    ])
  })

  test('of App attach name their pools, and what is in their image', async () => {
    const id = `${providers}/appAttachPackages/notes`
    const image = { packageFullName: 'Contoso.Notes_2', version: '2', isActive: 'yes', imagePath: null }
    const { gateways } = scripted(() =>
      ok({
        value: [
          { id, name: 'notes', properties: { image, hostPoolReferences: [pool] } },
          { id: `${id}2`, name: 'bare', properties: null },
        ],
      }),
    )
    expect(okOf(await gateways.avd.appAttachPackages(subscription))).toEqual([
      { id, kind: 'appAttach', fullName: 'Contoso.Notes_2', version: '2', isActive: false, hostPoolIds: [pool] },
      { id: `${id}2`, kind: 'appAttach', fullName: 'bare', isActive: false, hostPoolIds: [] },
    ])
  })
})

test.each(['applications', 'workspaces', 'msixPackages', 'appAttachPackages'] as const)(
  '%s without an id make the list unreadable',
  async (what) => {
    const { gateways } = scripted(() => ok({ value: [{ name: 'x', properties: {} }] }))
    const at = what === 'applications' ? group : what === 'msixPackages' ? pool : subscription
    expect(await gateways.avd[what](at)).toMatchObject({ kind: 'refused', fault: { code: 'unreadable' } })
  },
)
