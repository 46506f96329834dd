import { toOwnKey } from '#events/idempotency-key.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Verdict } from '#events/records/operation.ts';
import { dreyPrincipals } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { stop } from '#shared/clusters/commands/stop.ts';
import { explainCrash } from '#shared/clusters/jobs/container-log.ts';
import { transitionJobs } from '#shared/clusters/model/cluster.ts';
import { findApplicationVerdict, selectIncarnationJobs, selectIncarnationRecords } from '#shared/clusters/model/job.ts';
import { assessReadiness } from '#shared/clusters/model/readiness.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

const stopReasons: Readonly<Record<Verdict, string>> = {
  FINISHED: 'JobFinished',
  FAILED: 'JobFailed',
  CANCELED: 'JobCanceled',
};

/** The reason of a main() that throws, although none of its jobs failed. */
const programFailed = 'ProgramFailed';

/**
 * Stops an application cluster whose program has ended. The verdict is in the store before, because the removal of the
 * cluster removes everything that it could be read from.
 *
 * @returns The cluster, if its program still runs.
 */
export const stopEndedApplication = async (clusterRef: ClusterRef, ports: Ports): Promise<Cluster | undefined> => {
  const { value: cluster } = await getCluster(clusterRef, ports.store);
  if (cluster.mode !== 'application' || cluster.state !== 'RUNNING') return undefined;
  // The rollout decides what follows from the end of the program, and calls this when it has ended.
  if (cluster.rollout !== undefined) return cluster;
  const jobs = selectIncarnationJobs(cluster, await ports.store.jobs(cluster));
  const verdict = findApplicationVerdict(cluster, jobs);
  if (verdict === undefined) return cluster;
  const isOwnFailure = verdict.state === 'FAILED' && !jobs.some(({ state }) => state === 'FAILED');
  const { target, clusterId, operationId } = cluster;
  const data = {
    savepoint: 'none',
    ha: 'purge',
    reason: isOwnFailure ? programFailed : stopReasons[verdict.state],
  } as const;
  const key = toOwnKey('application-ended', clusterId, operationId);
  try {
    const { reconcile: principal } = dreyPrincipals;
    await accept(stop, { kind: 'stop', target, clusterId, data, key, origin: 'reconciler', principal }, ports);
  } catch (error) {
    // Another stop is running already, and records the verdict when it ends.
    if (!(error instanceof Fault && error.code === 'wrong-state')) throw error;
  }
  return undefined;
};

/**
 * Fails the job of an application whose JobManager crashes repeatedly. Without high availability, nothing else shows
 * that main() has thrown after its job had run.
 */
export const failCrashedApplication = async (cluster: Cluster, target: NamedTarget, ports: Ports): Promise<void> => {
  const kubernetes = ports.kubernetes(target);
  const ageSeconds = (ports.now().getTime() - Date.parse(cluster.createdAt)) / 1000;
  const readiness = assessReadiness(await kubernetes.observe(cluster.clusterId), ageSeconds);
  if (readiness.answer !== 'no' || !readiness.final || readiness.reason !== 'CrashLoopBackOff') return;
  const crash = { clusterId: cluster.clusterId, message: readiness.message };
  await recordFailedJobs(cluster, await explainCrash(crash, kubernetes), ports);
};

const recordFailedJobs = (cluster: Cluster, message: string, ports: Ports): Promise<void> =>
  transact(ports, async () => {
    const current = await getCluster(cluster, ports.store);
    if (current.value.operationId !== cluster.operationId || current.value.state !== 'RUNNING')
      return { result: undefined };
    const now = ports.now();
    const known = selectIncarnationRecords(current.value, await ports.store.jobs(cluster));
    const end = { state: 'FAILED' as const, message, endTime: now.toISOString(), updatedAt: now.toISOString() };
    const { reconcile: principal } = dreyPrincipals;
    const live = known
      .filter(({ value }) => !isTerminalJob(value))
      .map(({ value, version }) => ({ job: { ...value, ...end }, from: value.state, principal, previous: version }));
    const unobserved = {
      job: { ...toUnobservedJob(current.value), ...end },
      from: null,
      principal,
      previous: undefined,
    };
    const failed = known.length === 0 ? [unobserved] : live;
    const next = transitionJobs(withFailedProgram(current.value, message), failed, now);
    return {
      change: {
        cluster: { value: next.cluster, previous: current.version },
        jobs: failed.map(({ job, previous }) => ({ value: job, previous })),
        events: next.events,
      },
      result: undefined,
    };
  });

/** A program that has ended keeps its verdict. */
const withFailedProgram = (cluster: Cluster, message: string): Cluster =>
  cluster.program === undefined || cluster.program.state === 'RUNNING'
    ? { ...cluster, program: { state: 'FAILED', message } }
    : cluster;

/** The job of an application that Flink never listed to Drey. The job has the id of the deploy. */
const toUnobservedJob = ({ target, clusterId, operationId, createdAt }: Cluster) => ({
  target,
  clusterId,
  jobId: operationId,
  operationId,
  clusterOperationId: operationId,
  name: clusterId,
  startTime: createdAt,
});
