/** Which application groups take part, on both sides. */
import type { ApplicationGroupSeen } from '../model/inventory.ts'
import { notice, type Weighed } from './preview.ts'
import type { Situation } from './situation.ts'

export type MappedGroup = { readonly primary: ApplicationGroupSeen; readonly secondary: ApplicationGroupSeen }

export type Mapping = {
  readonly mapped: readonly MappedGroup[]
  /** Those of the side that is left which stay behind. */
  readonly staying: readonly ApplicationGroupSeen[]
  readonly notices: readonly Weighed[]
}

export function mapApplicationGroups(situation: Situation): Mapping {
  const { pair, request, oldSide } = situation
  const asked = request.applicationGroups?.map((name) => name.toLowerCase())
  const wanted = pair.applicationGroups.filter(({ primary }) => asked?.includes(primary.toLowerCase()) ?? true)
  const missing: string[] = []
  const find = (side: 'primary' | 'secondary', name: string) => {
    const found = situation.seen[side].applicationGroups?.find((group) => sameName(group.name, name))
    if (!found && situation.seen[side].applicationGroups) missing.push(`${side}: ${name}`)
    return found
  }
  const mapped = wanted.flatMap((names) => {
    const [primary, secondary] = [find('primary', names.primary), find('secondary', names.secondary)]
    return primary && secondary ? [{ primary, secondary }] : []
  })
  const moving = new Set(wanted.map((names) => names[oldSide].toLowerCase()))
  const staying = (situation.seen[oldSide].applicationGroups ?? []).filter(
    ({ name }) => !moving.has(name.toLowerCase()),
  )
  const notices = [...missingNotices(missing), ...unknownNotices(situation, asked ?? [])]
  return { mapped, staying, notices }
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const missingNotices = (missing: readonly string[]): readonly Weighed[] =>
  missing.length === 0
    ? []
    : [
        notice(
          'unsafe',
          'applicationGroupMissing',
          'The plan maps them, but the host pool has no such application group.',
          missing,
        ),
      ]

function unknownNotices({ pair }: Situation, asked: readonly string[]): readonly Weighed[] {
  const known = new Set(pair.applicationGroups.map(({ primary }) => primary.toLowerCase()))
  const unknown = asked.filter((name) => !known.has(name))
  if (unknown.length === 0) return []
  return [notice('unsafe', 'unknownApplicationGroup', 'The pair maps no such primary application group.', unknown)]
}
