/** Who may import whom (docs/architecture.md), as a table, and the checker that goes by it. */

export type SourceFile = { readonly path: string; readonly text: string }

type Rule = {
  /** Folders below src/lib; its own is always allowed. `*`: every one. */
  readonly folders: readonly string[]
  /** Exact names, or beginnings that end in `*`. */
  readonly packages: readonly string[]
  /** Files of src outside of lib. */
  readonly files?: readonly string[]
}

const pure = ['core', 'model', 'extensions', 'plan', 'machine', 'runbooks', 'planning']

/** Keys are folders below src/lib, `functions`, or files of src. */
export const importTable: Readonly<Record<string, Rule>> = {
  core: { folders: [], packages: [] },
  model: { folders: ['core'], packages: [] },
  extensions: { folders: ['core', 'model', 'machine'], packages: [] },
  plan: { folders: ['core', 'model', 'extensions'], packages: ['zod', 'yaml'] },
  machine: { folders: ['core'], packages: [] },
  runbooks: { folders: ['core', 'model', 'machine'], packages: [] },
  planning: { folders: ['core', 'model', 'extensions', 'plan', 'machine', 'runbooks'], packages: [] },
  keepalive: { folders: [...pure, 'ports'], packages: [] },
  // Rules are pure: ports are for the shell beside them.
  drift: { folders: [...pure, 'ports'], packages: [] },
  readiness: { folders: [...pure, 'drift', 'ports'], packages: [] },
  ports: { folders: pure, packages: [] },
  steps: { folders: [...pure, 'ports'], packages: [] },
  execution: { folders: [...pure, 'drift', 'ports', 'steps'], packages: ['node:crypto'] },
  // An operation's key is a hash of the work it is begun for.
  followups: { folders: [...pure, 'ports'], packages: ['node:crypto'] },
  // Versions of inventories are named by the hash of what they say.
  inventory: { folders: [...pure, 'ports'], packages: ['node:crypto'] },
  inbound: { folders: [...pure, 'ports'], packages: ['zod', 'node:crypto'] },
  status: {
    folders: [...pure, 'keepalive', 'followups', 'drift', 'readiness', 'ports'],
    packages: ['zod', 'node:crypto'],
  },
  azure: {
    folders: ['core', 'model', 'machine', 'ports'],
    packages: ['@azure/*', 'uuid', 'node:crypto', 'node:async_hooks'],
  },
  // Rows are read like foreign input, hence zod.
  storage: { folders: ['core', 'model', 'machine', 'ports'], packages: ['@azure/*', 'zod', 'node:crypto'] },
  functions: { folders: ['*'], packages: ['@azure/functions'], files: ['app.ts'] },
  'app.ts': {
    folders: ['*'],
    packages: ['@azure/identity', '@azure/core-auth', 'node:crypto', 'node:fs'],
    files: ['settings.ts'],
  },
  'settings.ts': { folders: [], packages: ['zod'] },
}

export type Limits = { readonly file: number; readonly functionFile: number }
export const limits: Limits = { file: 300, functionFile: 25 }

/** One line for each violation: `<path>: <what>`. */
export function violationsIn(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => [...importsOf(file), ...sizeOf(file), ...environmentOf(file), ...keysOf(file)])
}

/** Paths of members of open sets that have no test of the same name: steps and strategies. */
export function untested(paths: readonly string[]): readonly string[] {
  const tests = new Set(paths.flatMap((path) => /^test\/.*\/([^/]+)\.test\.ts$/.exec(path)?.[1] ?? []))
  return paths.filter((path) => {
    const [, folder, name = ''] = /^src\/lib\/(steps|runbooks|drift\/rules)\/([^/]+)\.ts$/.exec(path) ?? []
    return folder !== undefined && !['index', 'template'].includes(name) && !tests.has(name)
  })
}

function importsOf({ path, text }: SourceFile): readonly string[] {
  if (!path.startsWith('src/')) return []
  const place = placeOf(path)
  const rule = importTable[place]
  if (!rule) return [`${path}: ${place} is not in the table`]
  return specifiersIn(text).flatMap((specifier) => {
    const isAllowed = specifier.startsWith('.')
      ? allowsFile(rule, place, resolve(path, specifier))
      : rule.packages.some((allowed) => fits(specifier, allowed))
    return isAllowed ? [] : [`${path}: imports ${specifier}`]
  })
}

function allowsFile(rule: Rule, place: string, target: string): boolean {
  if (!target.startsWith('src/')) return false
  const there = placeOf(target)
  if (there === place) return true
  const isInLib = target.startsWith('src/lib/')
  return isInLib ? rule.folders.includes(there) || rule.folders.includes('*') : (rule.files ?? []).includes(there)
}

/** `core` for src/lib/core/time.ts, `functions` for src/functions/get.ts, `app.ts` for src/app.ts. */
const placeOf = (path: string): string => path.replace(/^src\/(lib\/)?/, '').split('/')[0] ?? ''

/** Static and dynamic imports, re-exports, and `require`. */
const specifiersIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"`])([^'"`\n]+)\1/g)].map(
    (match) => match[2] ?? '',
  )

function resolve(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

const fits = (specifier: string, allowed: string): boolean =>
  allowed.endsWith('*') ? specifier.startsWith(allowed.slice(0, -1)) : specifier === allowed

function sizeOf({ path, text }: SourceFile): readonly string[] {
  const lines = text.replace(/\n$/, '').split('\n').length
  const most = /^src\/functions\//.test(path) ? limits.functionFile : limits.file
  return lines > most ? [`${path}: has ${lines} lines, ${most} at most`] : []
}

function environmentOf({ path, text }: SourceFile): readonly string[] {
  const isReader = path === 'src/settings.ts' || !path.startsWith('src/')
  return !isReader && /\bprocess\s*(\.\s*env\b|\[)|\bimport\.meta\.env\b/.test(text)
    ? [`${path}: reads the environment`]
    : []
}

/** What looks is a GET under the key for reading, what changes something a POST under the other (docs/decisions/0006). */
function keysOf({ path, text }: SourceFile): readonly string[] {
  if (!/^src\/functions\//.test(path) || !text.includes('.http(')) return []
  const [methods, level, right] = [/methods: (\[[^\]]*\])/, /authLevel: '(\w+)'/, /right: '(\w+)'/].map(
    (pattern) => pattern.exec(text)?.[1] ?? 'none',
  )
  const isKept = ["['GET'] function reading", "['POST'] function changing"].includes(`${methods} ${level} ${right}`)
  return isKept ? [] : [`${path}: ${methods} under ${level}, ${right}`]
}
