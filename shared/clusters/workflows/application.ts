import type { Cluster } from '#events/cluster.ts';
import { isTerminalJob, type Job } from '#events/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { explainCrash } from '#shared/clusters/jobs/job-manager-log.ts';
import { transitionJobs } from '#shared/clusters/model/cluster.ts';
import { applicationVerdict, jobsOfIncarnation, type Verdict } from '#shared/clusters/model/job.ts';
import { assessReadiness } from '#shared/clusters/model/readiness.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

const reasons: Readonly<Record<Verdict, string>> = {
  FINISHED: 'JobFinished',
  FAILED: 'JobFailed',
  CANCELED: 'JobCanceled',
};

/**
 * Stops an application cluster whose program has ended. How it ended is in the store by then, so that nothing is
 * removed that is still needed to know it.
 */
export const stopEndedApplication = async (clusterRef: ClusterRef, ports: Ports): Promise<void> => {
  const { value: cluster } = await getCluster(clusterRef, ports.store);
  if (cluster.mode !== 'application' || cluster.state !== 'RUNNING') return;
  const verdict = applicationVerdict(jobsOfIncarnation(cluster, await ports.store.jobs(cluster)));
  if (verdict === undefined) return;
  const { target, clusterId, operationId } = cluster;
  const data = { savepoint: 'none', ha: 'purge', reason: reasons[verdict.state] } as const;
  const key = `application-ended/${clusterId}/${operationId}`;
  try {
    await accept({ kind: 'stop', target, clusterId, data, key, origin: 'reconciler' }, ports);
  } catch (error) {
    // Somebody stops it already: the verdict is recorded at the end of that stop.
    if (!(error instanceof Fault && error.code === 'wrong-state')) throw error;
  }
};

/**
 * Fails the job of an application whose JobManager ends again and again: without high availability a main() that
 * throws after its job has run shows only so.
 */
export const failCrashedApplication = async (cluster: Cluster, target: NamedTarget, ports: Ports): Promise<void> => {
  const kubernetes = ports.kubernetes(target);
  const age = (ports.now().getTime() - Date.parse(cluster.createdAt)) / 1000;
  const verdict = assessReadiness(await kubernetes.observe(cluster.clusterId), age);
  if (verdict.answer !== 'no' || !verdict.final || verdict.reason !== 'CrashLoopBackOff') return;
  const message = await explainCrash(verdict.message, cluster.clusterId, kubernetes);
  await transact(ports, async () => {
    const current = await getCluster(cluster, ports.store);
    if (current.value.operationId !== cluster.operationId || current.value.state !== 'RUNNING')
      return { result: undefined };
    const now = ports.now();
    const own = (await ports.store.jobs(cluster)).filter(({ value }) => isOf(current.value, value));
    const end = { state: 'FAILED' as const, message, endTime: now.toISOString(), updatedAt: now.toISOString() };
    const live = own
      .filter(({ value }) => !isTerminalJob(value))
      .map(({ value, version }) => ({ job: { ...value, ...end }, from: value.state, previous: version }));
    // Where Flink never answered while it knew the job, nobody has seen it: it has the id of the deploy.
    const unseen = { job: { ...unseenJob(current.value), ...end }, from: null, previous: undefined };
    const failed = own.length === 0 ? [unseen] : live;
    const next = transitionJobs(current.value, failed, now);
    return {
      change: {
        cluster: { value: next.cluster, previous: current.version },
        jobs: failed.map(({ job, previous }) => ({ value: job, previous })),
        events: next.events,
      },
      result: undefined,
    };
  });
};

const unseenJob = ({ target, clusterId, operationId, createdAt }: Cluster) => ({
  target,
  clusterId,
  jobId: operationId,
  operationId,
  clusterOperationId: operationId,
  name: clusterId,
  startTime: createdAt,
});

const isOf = (cluster: Cluster, job: Job) => job.clusterOperationId === cluster.operationId;
