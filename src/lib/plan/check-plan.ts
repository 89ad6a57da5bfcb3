/** What no single field can tell: whether the parts of a plan fit each other. */
import { checkDrift } from './check-drift.ts'
import { checkExtensions } from './check-extensions.ts'
import { type LoosePair, type LooseSide, loosePairs } from './loose.ts'
import { type Located, writePath } from './problems.ts'

/** Takes a plan in whatever state: fields that are missing or wrong by themselves are not compared. */
export function checkPlan(plan: unknown): readonly Located[] {
  const pairs = loosePairs(plan)
  return [
    ...repeated(pairs.map(({ id }) => id)).map((i) =>
      problem(['pairs', i, 'id'], 'is used before', 'an id of its own'),
    ),
    ...repeatedPools(pairs),
    ...checkExtensions(plan),
    ...checkDrift(plan),
    ...pairs.flatMap((pair, i) => [...checkSides(pair, ['pairs', i]), ...checkMapping(pair, ['pairs', i])]),
  ]
}

type Path = readonly (string | number)[]

const problem = (at: Path, what: string, right: string): Located => ({ path: writePath(at), problem: what, right, at })

function checkSides(pair: LoosePair, path: Path): readonly Located[] {
  const { primary, secondary, strategy } = pair
  const problems: Located[] = []
  if (primary.region !== undefined && primary.region === secondary.region)
    problems.push(
      problem([...path, 'secondary', 'region'], `is ${primary.region}, as for the primary`, 'another region'),
    )
  const [pool, otherPool] = [poolKey(primary), poolKey(secondary)]
  const known = pool !== undefined && otherPool !== undefined
  const poolPath = [...path, 'secondary', 'hostPool']
  if (strategy === 'pooledStandby' && known && pool === otherPool)
    problems.push(problem(poolPath, 'is the primary host pool', 'a host pool of its own for the secondary side'))
  if (strategy === 'personalReplicated' && known && pool !== otherPool)
    problems.push(problem(poolPath, 'is not the primary host pool', onePool))
  if (strategy === 'personalReplicated' && !pair.hasVault)
    problems.push(problem([...path, 'vault'], 'is missing', 'the id of the Recovery Services vault'))
  const { cacheStorage } = pair
  if (cacheStorage.primary !== undefined && cacheStorage.primary === cacheStorage.secondary)
    problems.push(problem([...path, 'reprotect', 'cacheStorage', 'secondary'], 'is the primary account', ownAccount))
  return problems
}

const ownAccount = 'a storage account in the region of the secondary side'

const onePool =
  'the same subscription, resourceGroup and hostPool on both sides: the pool stays, its virtual machines move'

function checkMapping(pair: LoosePair, path: Path): readonly Located[] {
  const mapped = [...path, 'applicationGroups']
  const named = (side: 'primary' | 'secondary') =>
    repeated(pair.applicationGroups.map((names) => names[side])).map((i) =>
      problem([...mapped, i, side], 'is mapped before', 'each application group once a side'),
    )
  const same = pair.applicationGroups.flatMap((names, i) => {
    const primary = groupKey(pair.primary, names.primary)
    if (primary === undefined || primary !== groupKey(pair.secondary, names.secondary)) return []
    const right = 'an application group of the secondary side'
    return [problem([...mapped, i, 'secondary'], 'is the primary application group', right)]
  })
  const groups = repeated(pair.groups).map((i) =>
    problem([...path, 'groups', i, 'id'], 'is named before', 'each group once'),
  )
  return [...named('primary'), ...named('secondary'), ...same, ...groups]
}

/** A host pool belongs to one pair: two would move the same users twice. */
function repeatedPools(pairs: readonly LoosePair[]): readonly Located[] {
  const owners = new Map<string, number>()
  return pairs.flatMap((pair, i) =>
    (['primary', 'secondary'] as const).flatMap((side) => {
      const pool = poolKey(pair[side])
      if (pool === undefined) return []
      const owner = owners.get(pool) ?? i
      owners.set(pool, owner)
      if (owner === i) return []
      const what = `belongs to pair ${pairs[owner]?.id ?? owner + 1}`
      return [problem(['pairs', i, side, 'hostPool'], what, 'a host pool that no other pair names')]
    }),
  )
}

const poolKey = (side: LooseSide) => joined(side.subscription, side.resourceGroup, side.hostPool)

const groupKey = (side: LooseSide, name: string | undefined) =>
  joined(side.subscription, side.applicationGroups ?? side.resourceGroup, name)

const joined = (...parts: readonly (string | undefined)[]): string | undefined =>
  parts.includes(undefined) ? undefined : parts.join('/')

/** Positions of values that came before. */
function repeated(values: readonly (string | undefined)[]): readonly number[] {
  const seen = new Set<string>()
  return values.flatMap((value, i) => {
    if (value === undefined) return []
    if (seen.has(value)) return [i]
    seen.add(value)
    return []
  })
}
