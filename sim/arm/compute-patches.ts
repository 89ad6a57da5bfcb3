import { seconds } from '../../src/lib/core/time.ts'
import { assess, install, patchesOf } from '../estate/patching.ts'
import { failure } from './answers.ts'
import { assessmentResult, installationResult } from './compute-patch-body.ts'
import { pollingOf } from './compute-power.ts'
import type { SimVm } from './estate-types.ts'
import type { Sim, SimRequest, SimResponse } from './types.ts'

/** The guest looks for updates. Only on a machine that runs, and one run at a time: else 409 (codes are model). */
export function assessPatches(request: SimRequest, vm: SimVm, sim: Sim): SimResponse {
  const refusal = refusalOf('AssessPatches', vm, sim)
  if (refusal) return refusal
  const { endsAt } = assess(sim, vm)
  const { assessment } = patchesOf(sim, vm)
  const result = () => {
    const run = assessment.now()
    return run && assessmentResult(run)
  }
  return pollingOf(request, vm, sim, { endsAt, onEnd: () => undefined, result })
}

export function installPatches(request: SimRequest, vm: SimVm, sim: Sim): SimResponse {
  const { maximumDuration, rebootSetting } = (request.body ?? {}) as Record<string, unknown>
  const most = durationOf(maximumDuration)
  if (most === undefined || !rebootSettings.includes(String(rebootSetting)))
    return failure(400, 'InvalidParameter', 'maximumDuration must be an ISO 8601 duration; rebootSetting is required.')
  const refusal = refusalOf('InstallPatches', vm, sim)
  if (refusal) return refusal
  const { endsAt } = install(sim, vm, { most, mayReboot: rebootSetting !== 'Never' })
  const { installation } = patchesOf(sim, vm)
  const result = () => {
    const run = installation.now()
    return run && installationResult(run)
  }
  return pollingOf(request, vm, sim, { endsAt, onEnd: () => undefined, result })
}

const rebootSettings = ['IfRequired', 'Never', 'Always']

/** `PT2H30M` → milliseconds. */
function durationOf(text: unknown): number | undefined {
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(String(text))
  if (!match) return undefined
  const [, h = '0', m = '0', s = '0'] = match
  return seconds(Number(h) * 3_600 + Number(m) * 60 + Number(s))
}

function refusalOf(what: string, vm: SimVm, sim: Sim): SimResponse | undefined {
  if (vm.power.now() !== 'running')
    return failure(409, 'OperationNotAllowed', `Cannot perform ${what} on VM '${vm.name}': it is not running.`)
  if (patchesOf(sim, vm).running)
    return failure(409, 'OperationNotAllowed', `Cannot perform ${what}: another patch operation is in progress.`)
  return undefined
}
