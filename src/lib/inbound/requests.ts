/** What may be asked over HTTP. Anything else in a body is refused by name. */
import { z } from 'zod'

export { operationRequestSchema as previewSchema } from '../plan/request.ts'

export const startSchema = z.strictObject({
  /** Of the preview that is approved: SHA-256, small hexadecimal digits. */
  hash: z.string().regex(/^[0-9a-f]{64}$/, { error: 'needs the hash of a preview: 64 hexadecimal digits' }),
  startAt: z.iso
    .datetime({ offset: true, error: 'needs a moment with its time zone, e.g. 2026-03-14T21:00:00Z' })
    .max(40)
    .transform((text) => Date.parse(text))
    .exactOptional(),
  /** Becomes part of the operation's id. */
  idempotencyKey: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, { error: 'needs 1 to 64 letters, digits or hyphens' })
    .exactOptional(),
})

/** Which of several senders it is from is found out later (`site-recovery/read-notice.ts`). */
export const webhookSchema = z.unknown()

const plain = z
  .strictObject({ command: z.enum(['pause', 'resume', 'abort', 'retryFailed']) })
  .transform(({ command }) => ({ kind: command }))
const reply = z
  .strictObject({
    command: z.literal('reply'),
    reply: z.enum(['wait', 'grantAnyway', 'grantWithoutSignOutProof', 'retry', 'restore', 'accept']),
  })
  .transform((given) => ({ kind: 'reply' as const, reply: given.reply }))

export const controlSchema = z.union([plain, reply], {
  error: 'needs a command: pause, resume, abort, retryFailed, or reply with a reply',
})

/** Keys are names of hosts, or of a group and an application group. */
const task = z.object({
  view: z.literal('task'),
  stage: z.string('is needed: the name of a stage').regex(/^[A-Za-z]{1,40}$/, { error: 'needs the name of a stage' }),
  key: z.string("is needed: the task's subject").min(1).max(512),
})
const whole = z.object({ view: z.enum(['summary', 'tasks', 'events', 'report']) })

/** Of the query, where a key of the platform's may stand as well. */
export const viewSchema = z.discriminatedUnion('view', [whole, task], {
  error: 'needs one of summary, tasks, task, events, report',
})

export const viewIn = (query: URLSearchParams) =>
  viewSchema.safeParse({ view: 'summary', ...Object.fromEntries(query) })

const findingsSchema = z.object({
  status: z.enum(['open', 'waived', 'resolved'], { error: 'needs one of open, waived, resolved' }).exactOptional(),
})

export const findingsIn = (query: URLSearchParams) => findingsSchema.safeParse(Object.fromEntries(query))

/** As `startOperation` makes them; anything else cannot be one and is not looked up. */
export const operationId = /^[a-zA-Z0-9][a-zA-Z0-9-]{0,199}$/

/** Problems told of one body; nobody reads more. */
const mostProblems = 50
const longestMessage = 200

export const problemsIn = (error: z.ZodError): readonly { readonly path: string; readonly message: string }[] =>
  error.issues.slice(0, mostProblems).map(({ path, message }) => ({
    path: path.map(String).join('.').slice(0, longestMessage),
    message: message.slice(0, longestMessage),
  }))
