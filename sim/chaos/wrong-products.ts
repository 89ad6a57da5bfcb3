/** Products that do less, more or something else than they say. The model of the chaos suite must notice each. */
import type { Report } from '../../src/lib/execution/report.ts'
import type { StepName } from '../../src/lib/machine/spec.ts'
import type { Grant } from '../../src/lib/ports/gateways.ts'
import type { Step } from '../../src/lib/ports/steps.ts'
import type { World } from '../../src/lib/ports/world.ts'
import { fleetIds } from '../fleets/fleet-ids.ts'
import type { Plant } from './plants.ts'

/** Says of a step that it is done, and does nothing. */
const withoutDoing =
  (name: StepName): Plant =>
  (world) => {
    const step: Step = { ...world.steps[name], look: async ({ now }) => ({ seen: { kind: 'done' }, readAt: now }) }
    return { ...world, steps: { ...world.steps, [name]: step } }
  }

export const keepsTags = withoutDoing('includeInScaling')
export const leavesMachinesOn = withoutDoing('deallocateVm')
export const forgetsStartOnConnect = withoutDoing('enableStartOnConnect')
export const forgetsToOpen = withoutDoing('undrainHost')
export const neverCommits = withoutDoing('commitFailover')

/** What was taken away comes back as another assignment. */
export const restoresAnew: Plant = (world) => {
  const { access } = world.gateways
  const grant: typeof access.grant = ({ name: _, ...assignment }: Grant, fence) => access.grant(assignment, fence)
  return { ...world, gateways: { ...world.gateways, access: { ...access, grant } } }
}

/** Drains one host more than it was asked to. */
export const overreaches: Plant = (world) => {
  const { avd } = world.gateways
  const setAllowNewSession: typeof avd.setAllowNewSession = async (pool, host, allow, fence) => {
    await avd.setAllowNewSession(pool, host.replace(/\d$/, '1'), allow, fence)
    return avd.setAllowNewSession(pool, host, allow, fence)
  }
  return { ...world, gateways: { ...world.gateways, avd: { ...avd, setAllowNewSession } } }
}

/** Drains a host when everything is over. */
export const comesBack: Plant = (world) => {
  const [pool, host] = [fleetIds({ pooledHosts: 1 }).pooled.primary.hostPool, 'avdp-uks-0001']
  return {
    ...world,
    active: {
      ...world.active,
      async remove(id) {
        await world.active.remove(id)
        await world.gateways.avd.setAllowNewSession(pool, host, false, { notAfter: Number.MAX_SAFE_INTEGER })
      },
    },
  }
}

/** Does not remember that people have moved. */
export const forgetsWhere: Plant = (world) => ({
  ...world,
  pairs: { ...world.pairs, save: (record, etag) => world.pairs.save({ ...record, activeSide: 'primary' }, etag) },
})

const reporting =
  (change: (report: Report) => Report): Plant =>
  (world: World) => ({
    ...world,
    reports: {
      ...world.reports,
      put: (name, text) => world.reports.put(name, JSON.stringify(change(JSON.parse(text) as Report))),
    },
  })

export const hidesTroubles = reporting((report) => ({ ...report, troubles: [] }))
export const countsTooMany = reporting((report) => ({
  ...report,
  stages: report.stages.map((stage) => ({ ...stage, tally: { ...stage.tally, succeeded: stage.tally.succeeded + 1 } })),
}))
export const shortensTheGap = reporting((report) =>
  report.accessGap === undefined ? report : { ...report, accessGap: 0 },
)
export const callsItSuccess = reporting((report) => ({ ...report, outcome: 'succeeded' }))
