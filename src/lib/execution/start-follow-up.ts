/** Waiting work is planned, approved by its hash and begun like anything else; only nobody sits beside it. */
import { type OperationRequest, operationRequestSchema } from '../plan/request.ts'
import type { Engine } from './engine.ts'
import { type HashedPreview, previewOperation } from './preview.ts'
import { idUnderKey, type Started, startOperation } from './start.ts'

/** Who starts it; also what conclude knows it by: the work goes on waiting by itself. */
export const byFollowUp = 'follow-up'

type Work = Pick<OperationRequest, 'pairId' | 'acceptOut'> & {
  readonly kind: 'restoreExtensions' | 'reprotect'
  readonly side: 'primary' | 'secondary'
  readonly hosts: readonly string[]
}

export type FollowUpEngine = {
  readonly preview: (work: Work) => Promise<HashedPreview>
  readonly idOf: (work: Work, hash: string, key: string) => string
  readonly start: (hash: string, key: string) => Promise<Started>
}

export const followUpEngine = (engine: Engine): FollowUpEngine => ({
  preview: (work) => previewOperation(engine, operationRequestSchema.parse(work)),
  idOf: idUnderKey,
  start: (hash, key) => startOperation(engine, { hash, idempotencyKey: key, by: byFollowUp }),
})
