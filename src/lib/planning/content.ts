import { orderedJson } from '../core/ordered-json.ts'
import type { OperationSpec } from '../machine/spec.ts'

/** One text for one spec. Its hash is what people approve; planning has sorted the lists. */
export const contentOf = (spec: OperationSpec): string => orderedJson(spec)
