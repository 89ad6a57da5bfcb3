/**
 * What the pairs stand on, of all subscriptions of the plan at once: most of it by a dozen lists, whatever the number of
 * pairs. What the plan asks nothing about is not read, and is not there then.
 */
import { idKey, sameId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import { orderedJson } from '../core/ordered-json.ts'
import type { EstateSeen, Lock, RightsAt } from '../model/estate.ts'
import type { PairSeen } from '../model/inventory.ts'
import type { DrPlan } from '../plan/schema.ts'
import type { Gateways } from '../ports/gateways.ts'
import { believed } from './believe.ts'
import { accountsIn, groupsIn, imagesIn, sidesIn, subscriptionsIn, writtenGroupsIn } from './estate-places.ts'
import { byId, unhurried } from './known.ts'
import { asOne, readPlaces } from './read-places.ts'
import type { Reader } from './reader.ts'
import { storagePlaces } from './regions.ts'
import { allOf, sortAnswers } from './sort-answers.ts'

export type EstateReading = {
  readonly gateways: Gateways
  readonly reader: Reader
  readonly plan: DrPlan
  /** What this collection has seen of the pairs. */
  readonly pairs: Readonly<Record<string, PairSeen>>
  readonly old: EstateSeen | undefined
}

/** Versions of images, two reads each. A plan of dozens of pairs has a few; old ones stay while hosts are made of them. */
const mostImages = 40
/** Storage accounts, a list and a read for each share. */
const mostAccounts = 200
/** Resource groups, one read each. */
const mostGroups = 200

export async function readEstate(reading: EstateReading): Promise<EstateSeen> {
  const [lists, places] = await Promise.all([readLists(reading), readSingles(reading)])
  const { seen, gaps } = sortAnswers({ ...lists, ...places })
  return { ...seen, gaps }
}

async function readLists({ gateways: { estate }, reader, plan }: EstateReading) {
  const subscriptions = subscriptionsIn(plan)
  const isNamed = new Set(accountsIn(plan).map(idKey))
  const hasBackup = plan.pairs.some(({ backup }) => backup?.machines || backup?.shares)
  const hasDomain = plan.identity?.kind === 'entraDomainServices'
  const [resourceGroups, accounts, networks, networkGateways, networkUse, vaults, keyVaults, items, domainServices] =
    await Promise.all([
      reader('resourceGroups', () => estate.resourceGroups(subscriptions)),
      reader('storageAccounts', () => estate.storageAccounts(subscriptions)),
      reader('networks', () => estate.networks(subscriptions)),
      reader('networkGateways', () => estate.networkGateways(subscriptions)),
      reader('networkUse', () => estate.networkUse(subscriptions)),
      reader('vaults', () => estate.vaults(subscriptions)),
      reader('keyVaults', () => estate.keyVaults(subscriptions)),
      hasBackup ? reader('backupItems', () => estate.backupItems(subscriptions)) : undefined,
      hasDomain ? reader('domainServices', () => estate.domainServices(subscriptions)) : undefined,
    ])
  const storageAccounts =
    accounts.kind === 'ok'
      ? { ...accounts, value: accounts.value.filter(({ id }) => isNamed.has(idKey(id))) }
      : accounts
  const backupItems = items?.kind === 'ok' ? { ...items, value: items.value.filter(isOf(plan)) } : items
  return {
    resourceGroups,
    storageAccounts,
    networks,
    networkGateways,
    networkUse,
    vaults,
    keyVaults,
    backupItems,
    domainServices,
  }
}

/** Of machines in the resource groups of the plan, and of shares of its accounts. */
function isOf(plan: DrPlan): (item: { readonly sourceId: string }) => boolean {
  const groups = groupsIn(plan).map((id) => `${idKey(id)}/`)
  const accounts = new Set(accountsIn(plan).map(idKey))
  return ({ sourceId }) => {
    const key = idKey(sourceId)
    return accounts.has(key) || groups.some((group) => key.startsWith(group))
  }
}

async function readSingles(reading: EstateReading) {
  const { gateways, reader, plan, pairs, old } = reading
  const { estate } = gateways
  const controllers = plan.identity?.domainControllers ?? []
  const storageAt = storagePlaces(plan)
  const subscriptions = [...new Set(sidesIn(plan).map(({ subscription }) => subscription.toLowerCase()))]
  const [locks, rights, shares, images, domainControllers] = await Promise.all([
    Promise.all(
      subscriptions.map((subscription) =>
        reader(`locks ${subscription}`, () => believed(() => estate.locks(subscription), locksOf(old, subscription))),
      ),
    ),
    readPlaces(writtenGroupsIn(plan, pairs), (id) => readRights(reading, id), mostGroups),
    readPlaces(accountsIn(plan), (id) => reader(`shares ${id}`, () => estate.shares(id), storageAt(id)), mostAccounts),
    readPlaces(
      imagesIn(pairs),
      async (id) => asOne(await reader(`image ${id}`, () => estate.image(id), 'galleries')),
      mostImages,
    ),
    reader('domainControllers', () => estate.machines(controllers)),
  ])
  const all = allOf(locks)
  return {
    locks: all.kind === 'ok' ? { ...all, value: all.value.flat() } : all,
    rights,
    shares,
    images,
    domainControllers,
  }
}

/** A role that is lost from the list would look as if it had been taken away. */
async function readRights(
  { gateways: { estate }, reader, old }: EstateReading,
  scope: string,
): Promise<Answer<readonly RightsAt[]>> {
  const last = old?.rights?.find((one) => sameId(one.scope, scope))?.rights
  const rights = await reader(`rights ${scope}`, () =>
    believed(
      async () => {
        const read = await estate.rights(scope)
        return read.kind === 'ok' ? { kind: 'ok', value: read.value.rights } : read
      },
      unhurried({ keyOf: orderedJson, last }),
    ),
  )
  return rights.kind === 'ok' ? { kind: 'ok', value: [{ scope, rights: rights.value }] } : rights
}

const locksOf = (old: EstateSeen | undefined, subscription: string) =>
  byId<Lock>(old?.locks?.filter(({ id }) => idKey(id).startsWith(`/subscriptions/${subscription}/`)))
