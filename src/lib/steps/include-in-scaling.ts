/** Takes our exclusion tag off a host. A tag that a person set before us stays. */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { findTag, isOurs, readVm, tagNameOf } from './shared/exclusion-tag.ts'
import { done, notBegun } from './shared/look.ts'
import { vmIdOf } from './shared/subject.ts'
import { accepted, begunOf, refusedBy } from './shared/write.ts'

export const includeInScaling: Step = {
  limits: {
    name: 'includeInScaling',
    timeout: minutes(5),
    maxAttempts: 5,
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
  const read = await readVm(context)
  if (read.kind === 'unread') return read.look
  const tag = findTag(read.value.tags, name)
  if (!tag) return done(read.readAt)
  return isOurs(tag.value) ? notBegun(read.readAt) : done(read.readAt, `the tag ${tag.key} is not ours and stays`)
}

async function begin(context: StepContext, fence: Fence) {
  const name = tagNameOf(context)
  if (!name) return accepted
  const read = await readVm(context)
  if (read.kind === 'unread') return refusedBy(read.look)
  const tag = findTag(read.value.tags, name)
  if (!tag || !isOurs(tag.value)) return accepted
  const { [tag.key]: _, ...rest } = read.value.tags
  return begunOf(await context.gateways.compute.setTags(vmIdOf(context), rest, fence))
}
