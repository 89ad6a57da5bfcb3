import { worldOf } from '../estate/world.ts'
import { resourceNotFound } from './answers.ts'
import { listAnswer } from './paging.ts'
import { type AsrJob, findJob, jobsOf } from './site-recovery-job.ts'
import { jobBody } from './site-recovery-job-body.ts'
import { vaultPath, vaultType, withVault } from './site-recovery-resource.ts'
import type { Route } from './types.ts'

const type = `${vaultType}/replicationJobs`

export const jobRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${vaultPath}/replicationJobs`,
    bucket: 'reads',
    action: `${type}/read`,
    handle: withVault((request, vault, sim) => {
      const now = sim.now()
      const isWanted = filterOf(request.query.$filter ?? '')
      const jobs = jobsOf(sim, vault.id)
        .filter((job) => job.startedAt + job.lag <= now && isWanted(job, now - job.lag))
        .reverse()
      const { pageSize } = worldOf(sim).switches
      return listAnswer(sim, request, jobs, (job) => jobBody(job, now - job.lag), { pageSize })
    }),
  },
  {
    method: 'GET',
    path: `${vaultPath}/replicationJobs/{job}`,
    bucket: 'reads',
    action: `${type}/read`,
    // Who knows the id reads the job itself, not the list that lags behind.
    handle: withVault((_request, vault, sim, { job = '', group = '' }) => {
      const found = findJob(sim, vault.id, job)
      return found ? { status: 200, body: jobBody(found, sim.now()) } : resourceNotFound(type, job, group)
    }),
  },
]

/**
 * `StartTime eq '<time>' and EndTime eq '<time>' and JobStatus eq 'InProgress,Failed'`, the portal's way: the times are
 * a window of start times. What it does not know it ignores, as a service that returns too much.
 */
function filterOf(text: string): (job: AsrJob, at: number) => boolean {
  if (text === '') return () => true
  const value = (name: string) =>
    new RegExp(`${name}\\s+(?:eq|ge|le)\\s+'?([^'&]+?)'?(?:\\s+and\\s|$)`, 'i').exec(text)?.[1]
  const [from, to] = [Date.parse(value('StartTime') ?? ''), Date.parse(value('EndTime') ?? '')]
  const states = (value('JobStatus') ?? value('state'))?.split(',').map((state) => state.trim().toLowerCase())
  return (job, at) => {
    if (job.startedAt < from || job.startedAt > to) return false
    const state = job.end && job.end.at <= at ? job.end.state : 'InProgress'
    return !states || states.includes(state.toLowerCase())
  }
}
