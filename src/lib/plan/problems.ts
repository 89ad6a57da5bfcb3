/** What is wrong with a plan, in words: path, what is there, what would be right. */
import { z } from 'zod'
import { nearest } from './nearest.ts'

export type PlanProblem = {
  /** `pairs[0].primary.region`; empty for the file as a whole. */
  readonly path: string
  readonly problem: string
  readonly right: string
  readonly line?: number
}

type Path = readonly PropertyKey[]

/** One problem for each place: the first issue of a path is the one that tells most. */
export function problemsOf(schema: z.ZodType, value: unknown, issues: readonly z.core.$ZodIssue[]): readonly Located[] {
  const located = issues.flatMap((issue) => locate(schema, value, issue))
  return located.filter((one, i) => located.findIndex((other) => other.path === one.path) === i)
}

export type Located = PlanProblem & { readonly at: readonly (string | number)[] }

export const writePath = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')

function locate(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue): readonly Located[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path)
    return issue.keys.map((key) => located([...issue.path, key], 'is not an option', advice(key, known)))
  }
  if (issue.code === 'invalid_union') {
    const inner = innerIssues(value, issue)
    if (inner.length > 0)
      return inner.flatMap((one) => locate(schema, value, { ...one, path: [...issue.path, ...one.path] }))
  }
  return [located(issue.path, show(valueAt(value, issue.path)), issue.message)]
}

const located = (path: Path, problem: string, right: string): Located => ({
  path: writePath(path.map((part) => (typeof part === 'string' ? clip(part) : part))),
  problem,
  right,
  at: path.map((part) => (typeof part === 'number' ? part : String(part))),
})

/** Of a union only the branch that takes objects tells more than the union itself, and only about an object. */
function innerIssues(value: unknown, issue: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] {
  const there = valueAt(value, issue.path)
  if (there === null || typeof there !== 'object' || Array.isArray(there)) return []
  return (
    issue.errors.find((branch) => branch.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys')) ??
    []
  )
}

const advice = (key: string, known: readonly string[]): string => {
  const near = nearest(key, known)
  return near ? `did you mean ${near}?` : `one of ${known.join(', ')}`
}

/** Keys an object has at a path of the schema. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  let here = objectIn(schema)
  for (const part of path) {
    if (here instanceof z.ZodArray) here = objectIn(here.element as z.ZodType)
    else if (here instanceof z.ZodObject) here = objectIn(here.shape[String(part)] as z.ZodType | undefined)
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : []
}

function objectIn(schema: z.ZodType | undefined): z.ZodType | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodExactOptional)
    return objectIn(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodPipe) return objectIn(schema.in as z.ZodType)
  if (schema instanceof z.ZodUnion)
    return (schema.options as readonly z.ZodType[]).find((option) => option instanceof z.ZodObject)
  return schema
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (here, part) =>
      here !== null && typeof here === 'object' && Object.hasOwn(here, part)
        ? (here as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  )

function show(value: unknown): string {
  if (value === undefined) return 'is missing'
  if (value === null) return 'is empty'
  if (Array.isArray(value)) return `is a list of ${value.length}`
  if (typeof value === 'object') return 'is a group of options'
  return `is ${typeof value === 'string' ? JSON.stringify(clip(value)) : String(value)}`
}

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)
