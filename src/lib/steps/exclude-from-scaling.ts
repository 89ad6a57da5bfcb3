/** Tags a host so that autoscale leaves it alone until the new side's scaling plan is on. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { findTag, ourTagValue, readVm, tagNameOf } from './shared/exclusion-tag.ts'
import { done, notBegun } from './shared/look.ts'
import { vmIdOf } from './shared/subject.ts'
import { accepted, begunOf, refusedBy } from './shared/write.ts'

export const excludeFromScaling: Step = {
  limits: {
    name: 'excludeFromScaling',
    timeout: minutes(5),
    maxAttempts: 3,
    pollEvery: seconds(10),
    firstLookAfter: seconds(2),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look,
  begin,
}

async function look(context: StepContext): Promise<Look> {
  const name = tagNameOf(context)
  if (!name) return done(context.now, 'no exclusion tag in the plan')
  // A late retry: nobody would come and take the tag off again.
  if (context.isHandedBack) return done(context.now, 'its scaling plan has the hosts again')
  const read = await readVm(context)
  if (read.kind === 'unread') return read.look
  return findTag(read.value.tags, name) ? done(read.readAt) : notBegun(read.readAt)
}

async function begin(context: StepContext, fence: Fence) {
  const name = tagNameOf(context)
  if (!name) return accepted
  const read = await readVm(context)
  if (read.kind === 'unread') return refusedBy(read.look)
  const { tags } = read.value
  if (findTag(tags, name)) return accepted
  const tagged = { ...tags, [name]: ourTagValue(context) }
  return begunOf(await context.gateways.compute.setTags(vmIdOf(context), tagged, fence))
}
