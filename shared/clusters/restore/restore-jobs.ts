import pMap from 'p-map';

import type { Cluster } from '#events/cluster.ts';
import type { RestoreJobs } from '#events/commands/program.ts';
import type { Job } from '#events/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { isTerminalOperation, type RestoredJob } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import { isMeant, isRunning, programOf, readStopped, refusal, stillRuns } from './savepoint.ts';

/** More than these are restored one by one. */
const mostRestored = 50;
const readAtOnce = 16;

type Reads = Pick<Ports, 'store' | 'jars'>;

/** A job to start again, by the id that it was submitted under. */
type Wanted = Pick<RestoredJob, 'name' | 'savepoint' | 'formerJobId'> & {
  /** The id under which a life should have started it and did not: it is tried again whatever stands against it. */
  readonly owedAs?: string;
};

/**
 * The jobs that a session starts again: those that its last life was stopped with, and those which that life should
 * have started again itself and did not get to. What a submit to that life has restored from the same savepoint is not
 * started again.
 *
 * @throws Fault `not-found` when there is none, or for one that cannot be started again, `not-ready` while the cluster
 *   is being stopped or starts jobs again itself, `wrong-state` when a job still runs, `over-limit` for too many.
 */
export const findJobsToRestore = async (
  restore: RestoreJobs | undefined,
  to: ClusterRef,
  { store, jars, newId }: Reads & Pick<Ports, 'newId'>,
): Promise<readonly RestoredJob[]> => {
  if (restore === undefined) return [];
  const { fromCluster: clusterId, job, allowEmptyState = false } = restore;
  const { cluster, jobs: all } = await readStopped({ target: to.target, clusterId }, store);
  if (cluster === undefined && !allowEmptyState)
    throw refusal('not-found', `there is no cluster ${clusterId} in target ${to.target}, and was none`);
  const life = await lastLife(cluster, all, store);
  const jobs = all.filter(({ clusterOperationId }) => clusterOperationId === life?.operationId);
  const running = jobs.find((one) => isRunning(one, cluster) && isMeant(one, job));
  if (running !== undefined) throw stillRuns(running);

  const owed = await owedBy(life, jobs, store);
  const stopped = jobs.filter((one) => wasStopped(one, clusterId === to.clusterId)).map(asWanted);
  const due = [...owed, ...stopped];
  const meant = due.filter(
    (one) => isMeant({ name: one.name, jobId: one.formerJobId }, job) || one.owedAs === job?.toLowerCase(),
  );
  const resumed = meant.length === 0 ? new Set() : await savepointsIn(jobs, store);
  const wanted = meant.filter(({ savepoint }) => savepoint === undefined || !resumed.has(savepoint));
  assertJobsFound(wanted, due, restore);
  if (wanted.length > mostRestored)
    throw refusal(
      'over-limit',
      `${clusterId} was stopped with ${wanted.length} jobs: at most ${mostRestored} are restored at once`,
    );
  const troubles = await pMap(wanted, (one) => troubleWith(one, { to, allowEmptyState }, { store, jars }), {
    concurrency: readAtOnce,
  });
  const lost = troubles.filter((trouble) => trouble !== undefined);
  if (lost.length > 0) throw refusal('not-found', `of ${clusterId} cannot be started again: ${lost.join('; ')}`);
  return wanted.map(({ owedAs: _owedAs, ...one }) => ({ jobId: newId(), ...one }));
};

/**
 * The deploy of the life to go on from. A life that had no job is passed over, as older ones are no longer what the
 * cluster was only where others ran since; one that was to start jobs again is not.
 *
 * @throws Fault `not-ready` while jobs of it are being started again.
 */
const lastLife = async (
  cluster: Cluster | undefined,
  jobs: readonly Job[],
  store: Store,
): Promise<StoredOperation | undefined> => {
  const [current, last] = await Promise.all(
    [cluster?.operationId ?? '', jobs.at(-1)?.clusterOperationId ?? ''].map(
      async (id) => (await store.operation(id))?.value,
    ),
  );
  for (const deploy of [current, last]) await assertRestoreFinished(deploy, store);
  return current?.state === 'SUCCEEDED' && current.restoredJobs !== undefined ? current : last;
};

/** @throws Fault `not-ready` */
const assertRestoreFinished = async (deploy: StoredOperation | undefined, store: Store): Promise<void> => {
  if (deploy?.restoredJobs === undefined) return;
  const submits = await submitsOf(deploy.restoredJobs, store);
  const open = isTerminalOperation(deploy)
    ? submits.find((submit) => submit !== undefined && !isTerminalOperation(submit))
    : deploy;
  if (open === undefined) return;
  throw new Fault(
    'not-ready',
    `jobs of ${deploy.clusterId} are being started again by operation ${deploy.operationId}`,
    {
      operationId: open.operationId,
      retryAfterSeconds: 15,
    },
  );
};

/** Those that never were started, unless somebody took them back. */
const owedBy = async (
  deploy: StoredOperation | undefined,
  jobs: readonly Job[],
  store: Store,
): Promise<readonly Wanted[]> => {
  const missing = (deploy?.restoredJobs ?? []).filter(({ jobId }) => !jobs.some((job) => job.jobId === jobId));
  const submits = await submitsOf(missing, store);
  return missing
    .filter((_, index) => submits[index]?.state !== 'CANCELED')
    .map(({ jobId, ...one }) => ({ ...one, owedAs: jobId }));
};

const submitsOf = (restoredJobs: readonly RestoredJob[], store: Store) =>
  pMap(restoredJobs, async ({ jobId }) => (await store.operation(jobId))?.value, { concurrency: readAtOnce });

/** Of what high availability kept of an id, it brings the jobs back itself. */
const wasStopped = ({ state, finalSavepoint, stoppedWithCluster }: Job, isSameId: boolean): boolean =>
  stoppedWithCluster === true &&
  (finalSavepoint !== undefined || state === 'CANCELED' || state === 'SUSPENDED') &&
  !(isSameId && state === 'SUSPENDED');

const asWanted = ({ jobId, name, finalSavepoint }: Job): Wanted => ({
  formerJobId: jobId,
  name,
  ...(finalSavepoint === undefined ? {} : { savepoint: finalSavepoint }),
});

/** Those that submits started from. */
const savepointsIn = async (jobs: readonly Job[], store: Store): Promise<ReadonlySet<unknown>> => {
  const submitted = jobs.filter(({ operationId }) => operationId !== undefined);
  const read = async ({ jobId }: Job) => programOf((await store.operation(jobId))?.value)?.restore?.path;
  return new Set(await pMap(submitted, read, { concurrency: readAtOnce }));
};

const assertJobsFound = (wanted: readonly Wanted[], others: readonly Wanted[], restore: RestoreJobs): void => {
  const { fromCluster, job, allowEmptyState = false } = restore;
  if (wanted.length > 0 || allowEmptyState) return;
  const names = [...new Set(others.map(({ name }) => name))].join(', ');
  throw job !== undefined && names !== ''
    ? refusal('not-found', `there is no job ${job} among those that ${fromCluster} was stopped with: ${names}`)
    : refusal(
        'not-found',
        `${fromCluster} was not stopped with savepoints of its jobs the last time; with allowEmptyState the session starts without jobs`,
      );
};

/** Why a job cannot be started again. */
const troubleWith = async (
  { formerJobId, name, savepoint, owedAs }: Wanted,
  { to, allowEmptyState }: { readonly to: ClusterRef; readonly allowEmptyState: boolean },
  { store, jars }: Reads,
): Promise<string | undefined> => {
  const because = (why: string) =>
    `job ${formerJobId} (${name}) ${why}${savepoint === undefined ? '' : `; its savepoint is ${savepoint}`}`;
  if (savepoint === undefined && !allowEmptyState)
    return because('has no savepoint, as it failed; with allowEmptyState it starts without state');
  if (owedAs !== undefined) return undefined;
  const former = (await store.operation(formerJobId))?.value;
  if (former?.kind === 'deploy') return because('ran in an application cluster, which an application goes on from');
  const program = programOf(former);
  if (program === undefined) return because('was not submitted through Drey, so its jar is not known');
  if ((await jars.inspect(program.jar, to.target)) === undefined)
    return because(`has lost its jar: ${program.jar} is no longer kept`);
  return undefined;
};
