import type { StepName } from '../../../src/lib/machine/spec.ts'
import type { Step, StepContext } from '../../../src/lib/ports/steps.ts'
import type { World } from '../../../src/lib/ports/world.ts'

/** `startVm@secondary`: within one runbook that names one place. */
export type StepPlace = `${StepName}@${'primary' | 'secondary'}`

export type Watch = {
  /** Before every look. */
  readonly looking?: (place: StepPlace, context: StepContext) => Promise<void> | void
  /** Around every begin. */
  readonly beginning?: (place: StepPlace, context: StepContext) => Promise<void> | void
  readonly begun?: (place: StepPlace, context: StepContext) => Promise<void> | void
}

/** Lets a scenario act at an exact moment in the life of a step; what the step itself does stays as it is. */
export const watching =
  (watch: Watch) =>
  (world: World): World => ({
    ...world,
    steps: Object.fromEntries(
      Object.entries(world.steps).map(([name, step]) => [name, watched(name as StepName, step, watch)]),
    ) as World['steps'],
  })

function watched(name: StepName, step: Step, { looking, beginning, begun }: Watch): Step {
  const placeOf = ({ side }: StepContext): StepPlace => `${name}@${side}`
  const { begin } = step
  return {
    ...step,
    async look(context) {
      await looking?.(placeOf(context), context)
      return step.look(context)
    },
    ...(begin && {
      async begin(context, fence) {
        await beginning?.(placeOf(context), context)
        const answer = await begin(context, fence)
        await begun?.(placeOf(context), context)
        return answer
      },
    }),
  }
}
