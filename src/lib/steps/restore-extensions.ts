/**
 * Puts back, one at a time and in order, the extensions that a failover has left behind.
 *
 * Each write is a part of its own, named with every look; what the machine has decides which one comes next, so anybody can
 * go on from anywhere. Users can work meanwhile: what cannot be restored is named, and nobody waits for it.
 */
import { sameId } from '../core/arm-id.ts'
import { hours, type Instant, minutes, seconds } from '../core/time.ts'
import type { ExtensionWork } from '../machine/spec.ts'
import { type Begun, defaultSettle, type Look, type StepMemo } from '../machine/step.ts'
import type { DataCollectionAssociation, VmWithExtensions } from '../model/azure.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { attemptLimit, nextOf, partOf, partText, type Trying } from './shared/extension-parts.ts'
import { agentSilent, lostKey, machineUnread, short, shortFor, told, workOf } from './shared/extension-report.ts'
import { afterRefusal, sendPart } from './shared/extension-writes.ts'
import { machineOf } from './shared/items.ts'
import { couldNotLook, done, notBegun, underway } from './shared/look.ts'
import { readNow } from './shared/read.ts'
import { refused } from './shared/write.ts'

export const restoreExtensions: Step = {
  limits: {
    name: 'restoreExtensions',
    // Of one part. Azure gives a script 90 min, and the look gives up before this.
    timeout: minutes(120),
    maxAttempts: attemptLimit + 2,
    // An installation takes minutes, and each look is a read.
    pollEvery: seconds(30),
    firstLookAfter: seconds(60),
    settle: defaultSettle,
    retryAfter: seconds(60),
  },
  look,
  begin,
}

/** Of the agent, which reports itself within a minute or two of the start. */
const silenceBorne = minutes(30)
/** Between two questions to an Azure that does not answer. */
const awayEvery = seconds(90)
/** Of Azure: nothing is given up because it was away, which has taken more than an hour before. */
const absenceBorne = hours(2)

async function look(context: StepContext): Promise<Look> {
  const work = workOf(context)
  if (!work) return done(context.now, 'nothing to restore is known')
  const { id, memo } = await machine(context)
  const read = await readNow(context, context.gateways.extensions.ofVm(id))
  if (read.kind === 'unread') return unreadable(context, work, read.look, memo, allOf(work))
  const found = await lookAt(context, work, id, read.value)
  return { ...found, memo: { ...memo, location: read.value.location, ...found.memo } }
}

/** Asked of the vault once: which machine it is does not change under the step, and looks are many. */
async function machine(context: StepContext): Promise<{ readonly id: string; readonly memo: StepMemo }> {
  const { machine: known } = context.memo
  if (typeof known === 'string') return { id: known, memo: {} }
  const { id, isTold } = await machineOf(context, context.enteredAt)
  return { id, memo: isTold ? { machine: id } : {} }
}

/** What is left is for another time: it is noted down. */
function unreadable(context: StepContext, work: ExtensionWork, look: Look, before: StepMemo, left: Left): Look {
  const { memo, now } = context
  // What we keep from ourselves says nothing about the machine.
  if (look.seen.kind === 'couldNotLook' && look.seen.fault.code === 'overBudget') return { ...look, memo: before }
  const silentSince = silenceOf(context)
  if (now - silentSince <= absenceBorne) return { ...rarely(look), memo: { ...before, silentSince } }
  const open = left.filter((key) => memo[key] === undefined && before[key] === undefined)
  const lost = { ...before, ...Object.fromEntries(open.map((key) => [key, machineUnread])) }
  return { ...told(context, work, { ...memo, ...lost }), memo: lost }
}

/** Each machine is asked for by itself: whoever is away is not besieged by hundreds of them. */
function rarely(look: Look): Look {
  const { seen } = look
  if (seen.kind !== 'couldNotLook') return look
  const retryAfter = Math.max(seen.fault.retryAfter ?? 0, awayEvery)
  return { ...look, seen: { ...seen, fault: { ...seen.fault, retryAfter } } }
}

/** Under which they would be remembered as given up. */
type Left = readonly string[]

const associationsOf = ({ associations }: ExtensionWork): Left =>
  associations.map((_, index) => lostKey('associate', index))

const allOf = (work: ExtensionWork): Left => [
  ...work.restore.map((_, index) => lostKey('put', index)),
  ...associationsOf(work),
]

const silenceOf = ({ memo, now }: StepContext): Instant => Number(memo.silentSince || now)

async function lookAt(context: StepContext, work: ExtensionWork, vmId: string, vm: VmWithExtensions): Promise<Look> {
  const { memo, now } = context
  const lost: Record<string, string> = {}
  for (const [index, wanted] of work.restore.entries()) {
    const key = lostKey('put', index)
    if (memo[key] !== undefined) continue
    const next = nextOf(wanted, index, vm.extensions, tryingOf(context))
    if (next.kind === 'there') continue
    if (next.kind === 'lost') {
      lost[key] = shortFor({ ...memo, ...lost }, next.why)
      continue
    }
    const part = partText(next.part)
    if (next.kind === 'underway') return { ...underway(now, next.text), part, memo: { ...lost, silentSince: 0 } }
    if (!vm.isAgentReady) {
      const silentSince = silenceOf(context)
      if (now - silentSince <= silenceBorne) return { ...withoutAgent(now), part, memo: { ...lost, silentSince } }
      lost[key] = agentSilent
      continue
    }
    const text = `${next.text}, ${index + 1} of ${work.restore.length}`
    const failed = next.failed ? { failedName: next.failed.name, problem: short(next.failed.problem, 200) } : {}
    return { ...notBegun(now, text), part, memo: { ...lost, ...failed, silentSince: 0 } }
  }
  return lookAtAssociations(context, work, vmId, lost)
}

/** Nothing is begun, so an abort need not wait for it. */
const withoutAgent = (now: Instant): Look =>
  couldNotLook(now, { code: 'unproven', message: "the VM's agent is not ready", retryable: true })

const tryingOf = ({ part, attempt, begunAt, partSince, memo, now }: StepContext): Trying => ({
  part: partOf(part),
  attempt,
  begunAt,
  partSince,
  memo,
  now,
})

/** They belong to the VM's id, which a failover changes. */
async function lookAtAssociations(
  context: StepContext,
  work: ExtensionWork,
  vmId: string,
  lost: Record<string, string>,
): Promise<Look> {
  const { memo, now, attempt, begunAt, part } = context
  const isLost = (index: number) => memo[lostKey('associate', index)] !== undefined
  const left = [...work.associations.entries()].filter(([index]) => !isLost(index))
  if (left.length === 0) return { ...told(context, work, { ...memo, ...lost }), memo: lost }
  const read = await readNow(context, context.gateways.extensions.associations(vmId))
  if (read.kind === 'unread') return unreadable(context, work, read.look, lost, associationsOf(work))
  for (const [index, wanted] of left) {
    if (read.value.some((one) => isSame(one, wanted))) continue
    const next = partText({ kind: 'associate', index, round: 1 })
    const isSettled = begunAt === undefined || now >= begunAt + defaultSettle
    if (next !== part || attempt < attemptLimit || !isSettled)
      return { ...notBegun(now, `associates ${wanted.name}`), part: next, memo: lost }
    lost[lostKey('associate', index)] = 'nothing came of it'
  }
  return { ...told(context, work, { ...memo, ...lost }), memo: lost }
}

const isSame = (a: DataCollectionAssociation, b: DataCollectionAssociation): boolean =>
  a.name.toLowerCase() === b.name.toLowerCase() &&
  sameId(a.ruleId ?? '', b.ruleId ?? '') &&
  sameId(a.endpointId ?? '', b.endpointId ?? '')

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const part = partOf(context.part)
  const work = workOf(context)
  if (!part || !work) return refused({ code: 'unreadable', message: 'a begin without a part', retryable: true })
  const { id } = await machine(context)
  const answer = await sendPart(context, work, part, id, fence)
  if (answer.kind === 'ok') return { kind: 'accepted', memo: { accepted: partText(part) } }
  return answer.kind === 'refused' ? afterRefusal(context, part, answer.fault) : answer
}
