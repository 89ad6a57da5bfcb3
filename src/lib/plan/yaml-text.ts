/** YAML text to plain values, with every slip and its line. */
import { type Document, isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import type { PlanProblem } from './problems.ts'

const longestText = 256 * 1024
/** A plan has five levels; deeper is an attack on the parser or a slip. */
const deepestFlow = 20
const mostAliases = 100

export type Path = readonly (string | number)[]

export type YamlText =
  | { readonly ok: true; readonly value: unknown; readonly lineOf: (path: Path) => number | undefined }
  | { readonly ok: false; readonly problems: readonly PlanProblem[] }

export function readYaml(text: string): YamlText {
  if (text.length > longestText) return slip(`is ${text.length} characters long`, `at most ${longestText} characters`)
  if (isNestedTooDeep(text)) return slip('is nested too deep', `at most ${deepestFlow} brackets within each other`)
  try {
    return parse(text)
  } catch (error) {
    return slip(`cannot be read: ${firstLine(error)}`, 'one YAML document without heavy use of aliases')
  }
}

function parse(text: string): YamlText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, stringKeys: true, logLevel: 'error' })
  const slips = [...document.errors, ...document.warnings]
  if (slips.length > 0)
    return {
      ok: false,
      problems: slips.slice(0, 50).map((error) => ({
        path: '',
        problem: firstLine(error),
        right: 'valid YAML 1.2: spaces for indentation, each key once',
        line: lines.linePos(error.pos[0]).line,
      })),
    }
  const value: unknown = document.toJS({ maxAliasCount: mostAliases })
  return { ok: true, value, lineOf: (path) => lineOf(document, lines, path) }
}

/** Line of the value, or of the nearest thing around it that has one. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  for (let depth = path.length; depth >= 0; depth--) {
    const start = startOf(document, path.slice(0, depth))
    if (start !== undefined) return lines.linePos(start).line
  }
  return undefined
}

function startOf(document: Document, path: Path): number | undefined {
  const last = path.at(-1)
  const parent = path.length > 0 ? document.getIn(path.slice(0, -1), true) : undefined
  if (isMap(parent)) {
    const key = parent.items.find((item) => String(item.key) === String(last))?.key
    return rangeStart(key)
  }
  return rangeStart(isSeq(parent) ? parent.get(Number(last), true) : document.contents)
}

const rangeStart = (node: unknown): number | undefined => (node as { range?: [number] } | null | undefined)?.range?.[0]

/** Lists or keys within each other on one line, `- - - -`, or an indentation no plan has. */
const deepLine = /^\s*([-?:]\s+){21}|^\s{200}/

/** The parser recurses once a level. */
function isNestedTooDeep(text: string): boolean {
  let depth = 0
  for (const line of text.split('\n')) {
    if (deepLine.test(line)) return true
    for (const character of line) {
      if (character === '[' || character === '{') depth++
      if (character === ']' || character === '}') depth = Math.max(0, depth - 1)
      if (depth > deepestFlow) return true
    }
  }
  return false
}

const slip = (problem: string, right: string): YamlText => ({ ok: false, problems: [{ path: '', problem, right }] })

const firstLine = (error: unknown): string =>
  error instanceof Error ? (error.message.split(/ at line \d|\n/)[0] ?? error.name) : 'unknown'
