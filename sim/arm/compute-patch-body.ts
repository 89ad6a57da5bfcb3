import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Assessment, Installation, PatchRun } from '../estate/patching.ts'
import { worldOf } from '../estate/world.ts'
import type { SimVm } from './estate-types.ts'
import { preciseTime } from './lro.ts'
import type { Sim } from './types.ts'

/** `patchStatus` of the instance view: what the last runs came to, as far as there were any. */
export function patchStatusBody(sim: Sim, vm: SimVm): object | undefined {
  const state = worldOf(sim).patches.get(idKey(vm.id))
  const [assessed, installed] = [state?.assessment.seen(), state?.installation.seen()]
  if (!assessed && !installed) return undefined
  return {
    ...(assessed && { availablePatchSummary: { ...assessmentFields(assessed), ...times(assessed) } }),
    ...(installed && { lastPatchInstallationSummary: { ...installationFields(installed), ...times(installed) } }),
  }
}

/** What `Location` answers at the end of `assessPatches`. */
export const assessmentResult = (run: Assessment) => ({
  ...assessmentFields(run),
  startDateTime: preciseTime(run.startedAt),
  availablePatches: patches(run.critical + run.other).map((patch) => ({
    ...patch,
    rebootBehavior: 'CanRequestReboot',
    assessmentState: 'Available',
  })),
  error: run.error ?? null,
})

/** What `Location` answers at the end of `installPatches`. */
export const installationResult = (run: Installation) => ({
  ...installationFields(run),
  rebootStatus: run.isRebooted ? 'Completed' : run.pending > 0 ? 'Required' : 'NotNeeded',
  startDateTime: preciseTime(run.startedAt),
  patches: patches(run.installed).map((patch) => ({ ...patch, installationState: 'Installed' })),
  error: run.error ?? null,
})

const assessmentFields = (run: Assessment) => ({
  status: run.status,
  assessmentActivityId: run.id,
  rebootPending: false,
  criticalAndSecurityPatchCount: run.critical,
  otherPatchCount: run.other,
})

const installationFields = (run: Installation) => ({
  status: run.status,
  installationActivityId: run.id,
  maintenanceWindowExceeded: run.isTooLong,
  excludedPatchCount: 0,
  notSelectedPatchCount: 0,
  pendingPatchCount: run.pending,
  installedPatchCount: run.installed,
  failedPatchCount: run.failed,
})

const times = (run: PatchRun) => ({
  startTime: preciseTime(run.startedAt),
  lastModifiedTime: preciseTime(run.changedAt),
  error: errorOf(run),
})

/** The instance view has an error object either way: its code says that there was none (model). */
const errorOf = ({ error }: PatchRun) => ({
  code: error?.code ?? 'Success',
  message: error?.message ?? '0 error/s reported.',
  details: [],
})

const patches = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    patchId: `35428702-5784-4ba4-a6e0-${String(i).padStart(12, '0')}`,
    name: `2026 Cumulative Update for Windows 11 (KB50${String(i).padStart(5, '0')})`,
    version: '',
    kbId: `50${String(i).padStart(5, '0')}`,
    classifications: ['Security'],
  }))
