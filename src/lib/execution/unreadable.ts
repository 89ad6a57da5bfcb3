import type { Engine } from './engine.ts'

/**
 * A row that was damaged, or written by a newer version: put on record, never guessed at and never overwritten. The
 * message is done with; the sweep comes back to the row, and a person finds the event.
 */
export async function noteIfUnreadable(
  { world }: Pick<Engine, 'world'>,
  where: { readonly operationId: string; readonly stage?: string; readonly key?: string },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'UnreadableRow') throw error
    const { operationId, stage, key } = where
    world.log.error('row is unreadable', { operationId, stage, task: key, message: error.message })
    await world.operations.note(operationId, {
      at: world.clock.now(),
      act: 'unreadableRow',
      by: 'engine',
      specHash: '',
      ...(stage !== undefined && { stage }),
      ...(key !== undefined && { subject: key }),
      detail: error.message,
    })
  }
}
