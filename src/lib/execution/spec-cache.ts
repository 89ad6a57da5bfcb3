import { createHash } from 'node:crypto'
import type { OperationSpec, StageName, StageSpec, Subject } from '../machine/spec.ts'
import type { Blobs } from '../ports/storage.ts'

/** A spec with what a tick needs of it found at once. */
export type IndexedSpec = {
  readonly spec: OperationSpec
  readonly stage: (name: StageName) => StageSpec | undefined
  readonly subject: (stage: StageName, key: string) => Subject | undefined
}

export const hashOf = (content: string): string => createHash('sha256').update(content).digest('hex')

export const specName = (hash: string): string => `${hash}.json`

/** Specs are immutable and named by their content, so one that was read once never has to be read again. */
export function createSpecCache(blobs: Blobs, limit = 16): (hash: string) => Promise<IndexedSpec> {
  const known = new Map<string, Promise<IndexedSpec>>()
  return (hash) => {
    const found = known.get(hash)
    if (found) return found
    const loading = load(blobs, hash)
    known.set(hash, loading)
    loading.catch(() => known.delete(hash))
    const oldest = known.keys().next().value
    if (known.size > limit && oldest !== undefined) known.delete(oldest)
    return loading
  }
}

async function load(blobs: Blobs, hash: string): Promise<IndexedSpec> {
  const text = await blobs.get(specName(hash))
  if (text === undefined) throw new Error(`There is no spec ${hash}`)
  if (hashOf(text) !== hash) throw new Error(`The spec ${hash} is not what was approved: its content has another hash`)
  const spec = JSON.parse(text) as OperationSpec
  const stages = new Map(spec.stages.map((stage) => [stage.name, stage]))
  const subjects = new Map(
    spec.stages.map((stage) => [stage.name, new Map(stage.tasks.map((subject) => [subject.key, subject]))]),
  )
  return { spec, stage: (name) => stages.get(name), subject: (name, key) => subjects.get(name)?.get(key) }
}
