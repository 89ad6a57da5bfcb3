/** Writes docs/reference/runbooks.md from the runbooks themselves: `node tools/runbook-reference.ts`. */
import { writeFileSync } from 'node:fs'
import { minutes } from '../src/lib/core/time.ts'
import type { StageGate, StageSpec, StepCall } from '../src/lib/machine/spec.ts'
import { writeDuration } from '../src/lib/plan/duration.ts'
import { type AlignStageName, align } from '../src/lib/runbooks/align.ts'
import { runbooks } from '../src/lib/runbooks/index.ts'
import { keepAlive } from '../src/lib/runbooks/keep-alive.ts'
import type { RunbookOptions, TasksFor } from '../src/lib/runbooks/template.ts'

/** Shown by its name in the plan: the length is the plan's. */
const grace = minutes(10) + 1

const away = { oldSide: 'primary', newSide: 'secondary', restoreOnNewSide: [] } as const
const failover = { kind: 'failover', ...away } as const
const failback = {
  kind: 'failback',
  oldSide: 'secondary',
  newSide: 'primary',
  restoreOnNewSide: ['enableScalingPlan', 'enableStartOnConnect'],
} as const

const cases: readonly (readonly [
  string,
  Pick<RunbookOptions, 'kind' | 'oldSide' | 'newSide' | 'restoreOnNewSide'>,
  boolean,
])[] = [
  ['failover', failover, false],
  ['failover, with the primary down', failover, true],
  ['failback', failback, false],
]

/** Where a machine runs, here the secondary. */
const inPlace = ['changeRecoveryPoint', 'commit', 'restoreExtensions', 'reprotect'] as const

const who: Readonly<Record<TasksFor, string>> = {
  pair: 'the pair',
  newHosts: 'each host of the new side',
  oldHosts: 'each host of the old side',
  startedHosts: 'each standby host the failover started',
  assignments: 'each assignment that moves',
  desktops: 'each desktop',
}

const troubles = {
  turnBack: 'the operation turns back',
  ask: 'a person is asked',
  goOn: 'the others go on',
} as const

export const runbooksText = (): string =>
  [
    '# Runbooks: what happens, in which order',
    '<!-- Written by tools/runbook-reference.ts from src/lib/runbooks. Do not edit. -->',
    'A stage opens when everything under *opens after* holds. Its tasks run side by side, the steps of one task one after the other. *Best effort*: what\ncannot be done or proven in time is passed over and named. *Undo* is what takes the step back while turning back is still possible.\nThe steps are explained in [steps](steps.md).',
    ...Object.entries(runbooks).flatMap(([strategy, runbook]) =>
      casesOf(strategy).flatMap(([title, options, oldSideIsDown]) => {
        const stages = runbook({ ...usual, ...options, oldSideIsDown })
        const text = stages
          ? stages.map((stage, i) => stageText(stage, who[stage.tasksFor], i)).join('\n\n')
          : 'There is none: planning refuses with `noRunbook`.'
        return [`## ${strategy}: ${title}`, ...(notes[title] ?? []), text]
      }),
    ),
    '## keepAlive, of any strategy',
    'On the side whose hosts are on standby. A failover or failback takes the pair over at any moment: see [decision 18](../decisions/0018-keep-alive.md).',
    keepAlive('secondary', { patches: 'assess', template: 'the template of the plan' })
      .map((stage, i) => stageText(stage, wakers[stage.name], i))
      .join('\n\n'),
    '## align, of any strategy',
    'On the side where nobody works, and only the fixes that were asked for. Any other operation takes the pair over at once: see [decision 29](../decisions/0029-fixes.md).',
    align('secondary')
      .map((stage, i) => stageText(stage, aligned[stage.name], i))
      .join('\n\n'),
    '',
  ].join('\n\n')

const usual = { grace, batchSize: 100, batchInterval: minutes(10), extensionsFirst: false, commits: true } as const

const casesOf = (strategy: string): typeof cases =>
  strategy === 'pooledStandby' ? cases : [...cases, ...inPlace.map((kind) => [kind, { ...away, kind }, false] as const)]

const onSide = 'On the side where the machines run, which is the secondary here.'
const notes: Readonly<Record<string, readonly string[]>> = Object.fromEntries(inPlace.map((kind) => [kind, [onSide]]))

const aligned: Readonly<Record<AlignStageName, string>> = {
  access: 'each assignment that is found beside one on the side where people work',
  autoscale: 'the pair',
  startOnConnect: 'the pair',
  drain: 'each host that lets people in',
  settings: 'each property of the host pool that differs',
  applicationGroups: 'each application group that is missing or differs',
  applications: 'each application that is missing or differs',
}

const wakers = {
  wake: 'each host whose turn it is',
  repair: 'one host whose registration has lapsed, with `repair: replace`',
  putBack: 'each host that an earlier wake-up left on, drained or tagged: only what was left',
} as const

function stageText(stage: Omit<StageSpec, 'tasks'>, whom: string, index: number): string {
  const { name, after, putsBack, steps, trouble, pointOfNoReturn, taskPointOfNoReturn, batchSize } = stage
  const opens = after.length === 0 ? 'opens at once' : `opens after ${after.map(gateText).join(', and ')}`
  const notes = [
    ...(batchSize === undefined ? [] : ['released in batches of `batchSize` every `batchInterval`']),
    ...(pointOfNoReturn ? ['**its opening is the point of no return of the operation**'] : []),
    ...(putsBack ? ['**at its end a task takes back what it has begun itself, the last step first**'] : []),
    `if a task fails, ${troubles[trouble]}`,
  ]
  const lines = steps.map((call, at) => `   - ${stepText(call, at === taskPointOfNoReturn)}`)
  return [`${index + 1}. **${name}**, for ${whom}: ${opens}; ${notes.join('; ')}.`, ...lines].join('\n')
}

function stepText({ step, side, undo, undoSide, required, onFailure }: StepCall, isNoReturn: boolean): string {
  const notes = [
    ...(undo ? [`undo: \`${undo}@${undoSide ?? side}\``] : []),
    ...(required ? [] : ['best effort']),
    ...(required && onFailure === 'goOn' ? ['if it fails, the task goes on to its safe end'] : []),
    ...(isNoReturn ? ['**once begun and not failed, the task is past its point of no return**'] : []),
  ]
  return [`\`${step}@${side}\``, ...notes].join('; ')
}

function gateText({ stage, when, delay }: StageGate): string {
  const holds = {
    over: `${stage} is over`,
    succeeded: `${stage} has succeeded`,
    capacity: '`minimumCapacity` is ready',
  }
  if (delay === undefined) return holds[when]
  return `${holds[when]} for ${delay === grace ? '`grace`' : writeDuration(delay)}`
}

if (import.meta.main) writeFileSync(new URL('../docs/reference/runbooks.md', import.meta.url), runbooksText())
