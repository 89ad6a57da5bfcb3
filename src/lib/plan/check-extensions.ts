/** What no single entry of the extension catalogue can tell. */
import { catalogueOf, keyOf } from '../extensions/catalogue.ts'
import { neverRestored } from '../extensions/defaults.ts'
import { type LooseExtension, looseExtensions } from './loose.ts'
import { type Located, writePath } from './problems.ts'

/** Takes a plan in whatever state: entries that are wrong by themselves are not compared. */
export function checkExtensions(plan: unknown): readonly Located[] {
  const entries = looseExtensions(plan)
  return [...entries.flatMap((entry, i) => checkEntry(entry, i, entries)), ...checkOrder(entries)]
}

type Path = readonly (string | number)[]

const problem = (path: Path, what: string, right: string): Located => {
  const at = ['extensions', ...path]
  return { path: writePath(at), problem: what, right, at }
}

const never = new Set<string>(neverRestored.map(keyOf))

function checkEntry(
  { extension, action, secretUrl, vault }: LooseExtension,
  i: number,
  all: readonly LooseExtension[],
) {
  const problems: Located[] = []
  if (extension !== undefined && all.findIndex((other) => other.extension === extension) < i)
    problems.push(problem([i, 'extension'], 'is named before', 'each kind once'))
  if (action === 'restore' && extension !== undefined && never.has(extension))
    problems.push(
      problem([i, 'action'], 'is "restore"', 'skip or manual: it would join or register the machine once more'),
    )
  const named = secretUrl === undefined ? undefined : /^https:\/\/([^./]+)\./.exec(secretUrl)?.[1]
  const owner = vault?.split('/').at(-1)
  if (named !== undefined && owner !== undefined && named !== owner)
    problems.push(
      problem([i, 'protectedSettingsFromKeyVault', 'vault'], `is ${owner}`, `the vault of the secret: ${named}`),
    )
  return problems
}

/** With the built-in order in it: a ring would never begin. */
function checkOrder(entries: readonly LooseExtension[]): readonly Located[] {
  const built = [...catalogueOf([])].map(([kind, { after = [] }]) => [kind, after.map(keyOf)] as const)
  const written = entries.flatMap(({ extension, after }) => {
    const kinds = after.filter((kind) => kind !== undefined)
    return extension !== undefined && kinds.length > 0 ? [[extension, kinds] as const] : []
  })
  const after = new Map<string, readonly string[]>([...built, ...written])
  return entries.flatMap(({ extension, after: own }, i) => {
    if (extension === undefined || own.length === 0 || !isReached(extension, after)) return []
    return [problem([i, 'after'], 'leads back to the extension itself', 'an order without a ring')]
  })
}

/** From itself. */
function isReached(start: string, after: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>()
  const open = [...(after.get(start) ?? [])]
  for (let kind = open.pop(); kind !== undefined; kind = open.pop()) {
    if (kind === start) return true
    if (seen.has(kind)) continue
    seen.add(kind)
    open.push(...(after.get(kind) ?? []))
  }
  return false
}
