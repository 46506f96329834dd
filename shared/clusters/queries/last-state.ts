import type { LastState } from '#events/http/plans.ts';
import { Fault } from '#events/problems/problem.ts';
import { isTerminalJob } from '#events/records/job.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { findLastStateRefusal } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { toAgeSeconds } from '#shared/clusters/restore/start-state.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

/**
 * What a rollout with `last-state` would start a running application from, or why it would be refused. Undefined when nothing
 * runs, when Flink does not answer, and for a session, whose jobs each have their own.
 */
export const planLastState = async (
  cluster: Cluster,
  target: NamedTarget,
  { store, kubernetes, now }: Pick<Ports, 'store' | 'kubernetes' | 'now'>,
): Promise<LastState | undefined> => {
  if (cluster.state !== 'RUNNING') return undefined;
  const refusal = findLastStateRefusal(cluster);
  if (refusal !== undefined) return { refusal };
  if (cluster.mode === 'session') return undefined;
  const [job] = selectIncarnationJobs(cluster, await store.jobs(cluster)).filter((one) => !isTerminalJob(one));
  if (job === undefined) return undefined;
  try {
    const last = await flinkRest(kubernetes(target).flink(cluster.clusterId)).getLastCheckpoint(job.jobId);
    const path = last === undefined ? job.restoredFrom : last.path;
    if (path === undefined) return { refusal: `Job ${job.jobId} (${job.name}) has no checkpoint with a path.` };
    const triggeredMs = last?.triggeredMs;
    if (triggeredMs === undefined) return { path };
    const at = new Date(triggeredMs).toISOString();
    return { path, at, ageSeconds: toAgeSeconds(at, now()) };
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
};
