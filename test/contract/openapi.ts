import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js'
import {
  asRecord,
  convertValue,
  filesIn,
  idOf,
  readSpec,
  type Spec,
  type Strictness,
  schemaOfFile,
} from './openapi-schema.ts'

export type SpecValidator = (
  specFile: string,
  method: string,
  pathTemplate: string,
  status: number,
  body: unknown,
  strictness?: Strictness,
) => string[]

/** Directory of the official OpenAPI (Swagger 2.0) files; without it the tests that know it assert by SDK alone. */
export const specsDirectory = process.env.SPECS_DIR
export const hasSpecs = specsDirectory !== undefined && specsDirectory !== ''

/**
 * What is wrong with an answer, by the official file; nothing is wrong when the list is empty.
 *
 * `specFile` is relative to the directory (`Microsoft.Compute/2024-03-01/virtualMachine.json`); names of parameters in
 * `pathTemplate` and its letter case do not matter.
 */
export const validateAgainstSpec: SpecValidator = (...call) => {
  if (!specsDirectory) throw new Error('SPECS_DIR is not set: ask `hasSpecs` first')
  shared ??= createSpecValidator(specsDirectory)
  return shared(...call)
}
let shared: SpecValidator | undefined

export function createSpecValidator(directory: string): SpecValidator {
  const specs = new Map<string, Spec>()
  const added = new Set<string>()
  const compiled = new Map<string, ValidateFunction | undefined>()
  const ajv = new Ajv2019({ strict: false, allErrors: true, unicodeRegExp: false, validateSchema: false })
  ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  // Site Recovery writes times without an offset, too.
  ajv.addFormat('date-time', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/)

  const load = (file: string, strictness: Strictness): Spec => {
    const spec = specs.get(file) ?? readSpec(directory, file)
    specs.set(file, spec)
    const id = idOf(file, strictness)
    if (added.has(id)) return spec
    added.add(id)
    ajv.addSchema(schemaOfFile(spec, strictness))
    for (const other of filesIn(spec)) load(other, strictness)
    return spec
  }

  return (specFile, method, pathTemplate, status, body, strictness = { unknownFields: 'allow' }) => {
    const spec = load(specFile, strictness)
    const operation = operationOf(spec, method, pathTemplate)
    if (!operation) return [`${method} ${pathTemplate} is not in ${specFile}`]
    const responses = asRecord(operation.responses)
    const response = responses[String(status)] ?? (status >= 400 ? responses.default : undefined)
    if (response === undefined) return [`${method} ${pathTemplate} does not answer ${status} by ${specFile}`]
    const { schema } = asRecord(response)
    if (schema === undefined) return isEmpty(body) ? [] : [`${status} has a body, by ${specFile} it has none`]

    const key = `${strictness.unknownFields} ${specFile} ${method} ${pathTemplate} ${status}`
    const validate = compiled.get(key) ?? ajv.compile(asRecord(convertValue(schema, spec, strictness)))
    compiled.set(key, validate)
    if (validate(body)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
    )
  }
}

const isEmpty = (body: unknown) => body === undefined || body === null || body === ''

function operationOf({ document }: Spec, method: string, template: string): Record<string, unknown> | undefined {
  const paths = { ...asRecord(document.paths), ...asRecord(document['x-ms-paths']) }
  const found = Object.entries(paths).find(([path]) => shapeOf(path) === shapeOf(template))
  const operation = asRecord(found?.[1])[method.toLowerCase()]
  return operation === undefined ? undefined : asRecord(operation)
}

const shapeOf = (path: string) =>
  path
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/\/+/g, '/')
    .toLowerCase()
