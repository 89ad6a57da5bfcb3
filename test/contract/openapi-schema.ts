import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'

type Json = Record<string, unknown>

export type Spec = { readonly file: string; readonly document: Json }

/** How a response is judged. `unknownFields: 'refuse'` also finds misspelled optional fields. */
export type Strictness = { readonly unknownFields: 'allow' | 'refuse' }

/**
 * Sets of words to which the service adds without a new version: recorded answers carry words the file does not list.
 * All other lists of words are taken at their word.
 */
const openSets = new Set(['HealthCheckName'])

export function readSpec(directory: string, file: string): Spec {
  const path = resolve(directory, file)
  return { file: relative(directory, path), document: JSON.parse(readFileSync(path, 'utf8')) as Json }
}

/**
 * Turns a Swagger 2.0 file into JSON Schema: `definitions` under the id of the file. A definition with a discriminator
 * gets a second one, `<name>~any`, that also checks what the discriminator's value asks for.
 */
export function schemaOfFile(spec: Spec, strictness: Strictness): Json {
  const definitions: Json = {}
  const all = asRecord(spec.document.definitions)
  for (const [name, schema] of Object.entries(all)) {
    definitions[name] = convert(schema, spec, strictness)
    if (asRecord(schema).discriminator !== undefined) definitions[`${name}~any`] = anyOf(name, all, strictness, spec)
  }
  return { $id: idOf(spec.file, strictness), definitions }
}

export const idOf = (file: string, { unknownFields }: Strictness) => `spec://${unknownFields}/${file}`

/** The files that a file refers to, relative to the directory. */
export function filesIn(spec: Spec): string[] {
  const found = JSON.stringify(spec.document).matchAll(/"\$ref":"([^"#]+)#\/definitions/g)
  return [...new Set([...found].map((match) => fileOf(spec, match[1] ?? '')))]
}

const fileOf = (spec: Spec, target: string) =>
  target === '' ? spec.file : relative('/', resolve('/', dirname(spec.file), target))

/** Where a value stands: a property, an element of a list or the response itself. */
export function convertValue(schema: unknown, spec: Spec, strictness: Strictness): unknown {
  const converted = convert(schema, spec, strictness, 'value')
  if (strictness.unknownFields === 'allow') return converted
  const { properties, $ref, additionalProperties, allOf } = asRecord(schema)
  if ((properties === undefined && $ref === undefined && allOf === undefined) || additionalProperties !== undefined)
    return converted
  return { allOf: [converted], unevaluatedProperties: false }
}

/** `base`: what another definition is built on, without the check of its discriminator. */
function convert(schema: unknown, spec: Spec, strictness: Strictness, use: 'base' | 'value' = 'base'): unknown {
  const source = asRecord(schema)
  if (typeof source.$ref === 'string') return { $ref: refOf(source.$ref, spec, strictness, use) }
  const result: Json = {}
  // `object` alone is how these files write "anything".
  const isAnything = source.type === 'object' && !source.properties && !source.allOf && !source.additionalProperties
  for (const key of ['type', 'maxLength', 'minLength', 'maximum', 'minimum', 'pattern', 'required'])
    if (source[key] !== undefined && !(isAnything && key === 'type')) result[key] = source[key]
  if (source.format === 'date-time' || source.format === 'uuid') result.format = source.format
  if (Array.isArray(source.enum) && !openSets.has(String(asRecord(source['x-ms-enum']).name))) result.enum = source.enum
  if (source.allOf) result.allOf = asList(source.allOf).map((part) => convert(part, spec, strictness))
  if (source.items) result.items = convertValue(source.items, spec, strictness)
  if (typeof source.additionalProperties === 'object')
    result.additionalProperties = convertValue(source.additionalProperties, spec, strictness)
  if (source.properties) result.properties = convertProperties(source, spec, strictness)
  return result
}

/** What is not required may be null: recorded answers of all three services leave many such fields null. */
function convertProperties(source: Json, spec: Spec, strictness: Strictness): Json {
  const required = new Set(asList(source.required))
  const entries = Object.entries(asRecord(source.properties)).map(([name, property]) => {
    const value = convertValue(property, spec, strictness)
    const isFirm = required.has(name) && asRecord(property)['x-nullable'] !== true
    return [name, isFirm ? value : { anyOf: [{ type: 'null' }, value] }] as const
  })
  return Object.fromEntries(entries)
}

function refOf(ref: string, spec: Spec, strictness: Strictness, use: 'base' | 'value'): string {
  const [target = '', pointer = ''] = ref.split('#')
  const isHere = target === '' || fileOf(spec, target) === spec.file
  const name = pointer.replace('/definitions/', '')
  const isOpen = isHere && asRecord(asRecord(spec.document.definitions)[name]).discriminator !== undefined
  return `${idOf(fileOf(spec, target), strictness)}#${pointer}${use === 'value' && isOpen ? '~any' : ''}`
}

/** The base, and what the discriminator's value asks for on top. */
function anyOf(name: string, all: Json, strictness: Strictness, spec: Spec): Json {
  const id = `${idOf(spec.file, strictness)}#/definitions/`
  const property = String(asRecord(all[name]).discriminator)
  const cases = derivedFrom(name, all).map(([derived, schema]) => {
    const value = { const: schema['x-ms-discriminator-value'] ?? derived }
    return {
      anyOf: [{ not: { properties: { [property]: value }, required: [property] } }, { $ref: `${id}${derived}` }],
    }
  })
  return { allOf: [{ $ref: `${id}${name}` }, ...cases] }
}

function derivedFrom(base: string, all: Json): [string, Json][] {
  const direct = Object.entries(all)
    .map(([name, schema]) => [name, asRecord(schema)] as [string, Json])
    .filter(([, schema]) => asList(schema.allOf).some((part) => asRecord(part).$ref === `#/definitions/${base}`))
  return [...direct, ...direct.flatMap(([name]) => derivedFrom(name, all))]
}

export const asRecord = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
