/** Every step there is. A new one is a file and a line here. */
import type { StepName } from '../machine/spec.ts'
import type { Step } from '../ports/steps.ts'
import { awaitAgent } from './await-agent.ts'
import { awaitGrace } from './await-grace.ts'
import { awaitHost } from './await-host.ts'
import { awaitVm } from './await-vm.ts'
import { changeRecoveryPoint } from './change-recovery-point.ts'
import { commitFailover } from './commit-failover.ts'
import { copyApplication } from './copy-application.ts'
import { copyApplicationGroup } from './copy-application-group.ts'
import { deallocateVm } from './deallocate-vm.ts'
import { disableScalingPlan } from './disable-scaling-plan.ts'
import { disableStartOnConnect } from './disable-start-on-connect.ts'
import { drainHost } from './drain-host.ts'
import { enableScalingPlan } from './enable-scaling-plan.ts'
import { enableStartOnConnect } from './enable-start-on-connect.ts'
import { excludeFromScaling } from './exclude-from-scaling.ts'
import { failoverVm } from './failover-vm.ts'
import { grantAccess } from './grant-access.ts'
import { includeInScaling } from './include-in-scaling.ts'
import { inspectHost } from './inspect-host.ts'
import { messageUsers } from './message-users.ts'
import { patchVm } from './patch-vm.ts'
import { redeployVm } from './redeploy-vm.ts'
import { removeHost } from './remove-host.ts'
import { reprotectVm } from './reprotect-vm.ts'
import { restoreAccess } from './restore-access.ts'
import { restoreExtensions } from './restore-extensions.ts'
import { restorePoolProperty } from './restore-pool-property.ts'
import { revokeAccess } from './revoke-access.ts'
import { revokeStrayAccess } from './revoke-stray-access.ts'
import { setPoolProperty } from './set-pool-property.ts'
import { signOutUsers } from './sign-out-users.ts'
import { startVm } from './start-vm.ts'
import { stayOn } from './stay-on.ts'
import { undrainHost } from './undrain-host.ts'
import { verifyAccess } from './verify-access.ts'

export const steps: Readonly<Record<StepName, Step>> = {
  disableScalingPlan,
  enableScalingPlan,
  disableStartOnConnect,
  enableStartOnConnect,
  excludeFromScaling,
  includeInScaling,
  startVm,
  deallocateVm,
  awaitHost,
  undrainHost,
  drainHost,
  messageUsers,
  awaitGrace,
  signOutUsers,
  revokeAccess,
  restoreAccess,
  grantAccess,
  verifyAccess,
  failoverVm,
  awaitVm,
  commitFailover,
  inspectHost,
  awaitAgent,
  patchVm,
  stayOn,
  removeHost,
  redeployVm,
  restoreExtensions,
  reprotectVm,
  changeRecoveryPoint,
  setPoolProperty,
  restorePoolProperty,
  copyApplicationGroup,
  copyApplication,
  revokeStrayAccess,
}
