/** What the engine says, as HTTP says it. */
import { unknownOperation } from './edge.ts'
import { json, problem, type Reply } from './problem.ts'

type Preview = {
  readonly hash?: string
  readonly refusals: readonly {
    readonly code: string
    readonly message: string
    readonly subjects: readonly string[]
  }[]
  readonly spec?: unknown
}

/** The spec itself is not shown: the hash names it, and the hosts and the stages say what it comes to. */
export function previewReply(preview: Preview): Reply {
  const unknown = preview.refusals.find(({ code }) => code === 'unknownPair')
  if (unknown) return problem(404, 'unknownPair', unknown.message, { subjects: unknown.subjects })
  const { spec: _, ...shown } = preview
  return json(200, shown)
}

type Started =
  | { readonly kind: 'started'; readonly operationId: string }
  | {
      readonly kind: 'refused'
      readonly code: 'unknownPreview' | 'changed' | 'refused' | 'tooFar'
      readonly message: string
      readonly subjects: readonly string[]
    }

const startStatus = { unknownPreview: 404, changed: 409, refused: 409, tooFar: 422 } as const

export function startReply(started: Started): Reply {
  if (started.kind === 'started') return accepted(started.operationId)
  return problem(startStatus[started.code], started.code, started.message, { subjects: started.subjects })
}

type Controlled =
  | { readonly kind: 'done'; readonly record: { readonly state: { readonly status: string; readonly intent: string } } }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly message: string }

export function controlReply(id: string, controlled: Controlled): Reply {
  if (controlled.kind === 'unknown') return unknownOperation
  if (controlled.kind === 'refused') return problem(409, 'refused', controlled.message)
  const { status, intent } = controlled.record.state
  return accepted(id, { status, intent })
}

function accepted(operationId: string, more: Readonly<Record<string, unknown>> = {}): Reply {
  const location = `/api/operations/${operationId}`
  return json(202, { operationId, location, ...more }, { location })
}

type Viewed =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'unknownOperation' | 'unknownTask' | 'noReport' }

export function viewReply(viewed: Viewed): Reply {
  switch (viewed.kind) {
    case 'ok':
      return json(200, viewed.value)
    case 'unknownOperation':
      return unknownOperation
    case 'noReport':
      return problem(404, 'noReport', 'The report is written when the operation is over.')
    case 'unknownTask':
      return problem(
        404,
        'unknownTask',
        'No task of this operation has this stage and key, or its stage has not opened.',
      )
  }
}
