import type { Job } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import { recordUid } from '#shared/clusters/model/cluster.ts';
import { selectOwnData } from '#shared/clusters/model/high-availability.ts';
import { findApplicationVerdict, selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import type { HighAvailabilityData, Incarnation, Removal } from '#shared/clusters/model/kubernetes.ts';
import { computeCreatesUntil, keepsFailedObjects, type StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { getJobDataName } from '#shared/flink/names.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';
import { policies, repeat } from '#shared/retries.ts';

import {
  type CleanupRecords,
  type CleanupState,
  endsWithCheckpoints,
  findStopData,
  getKubernetes,
  isCleanupOverdue,
  isSuccessfulDeploy,
  readRecords,
  requiresSnapshot,
  toDone,
  toIdentity,
  toWaiting,
} from './cleanup.ts';
import { mayHaveState, recordCheckpoints } from './record-checkpoints.ts';
import { purgesThroughFlink, warnOfRemainingFiles } from './purge.ts';

/** Step of the cleanup machine: deletes the objects that the deploy of the cluster created, and no others. */
export const removeObjects = async (state: CleanupState, ports: Ports): Promise<CleanupState> => {
  const records = await readRecords(state, ports);
  const { value: operation } = records.operation;
  if (keepsFailedObjects(operation) || isSuccessfulDeploy(operation)) return toIdentity(state);
  const { clusterId } = operation;
  const kubernetes = await getKubernetes(operation, ports);
  const incarnation = getIncarnation(records);
  if ((await canShutDown(records, ports)) && (await hasDeployment(incarnation, clusterId, kubernetes)))
    await shutDownFlink(operation, kubernetes, ports);
  await remove(operation, { incarnation, kubernetes }, ports);
  const { operationId, uid } = incarnation;
  return uid === undefined ? toIdentity(state) : { ...toIdentity(state), incarnation: { operationId, uid } };
};

interface Namespace {
  readonly incarnation: Incarnation;
  readonly kubernetes: Kubernetes;
}

/** Removes the objects. The uid of the Deployment is recorded first if the deploy got no answer: Flink may have written data. */
const remove = async (
  operation: StoredOperation,
  { incarnation, kubernetes }: Namespace,
  ports: Ports,
): Promise<Removal> => {
  const { clusterId } = operation;
  const deployment = incarnation.uid === undefined ? await kubernetes.findDeployment(clusterId) : undefined;
  if (deployment?.operationId === incarnation.operationId)
    await transact(ports, async () => {
      const cluster = await getCluster(operation, ports.store);
      const change = recordUid(cluster, { operationId: incarnation.operationId, uid: deployment.uid });
      return { change, result: undefined };
    });
  return kubernetes.remove({ clusterId, ...incarnation });
};

/**
 * Step of the cleanup machine: checks that no object is left, and that none can still be created. What is left is deleted,
 * also what was created after the state `RemoveObjects`, and the step is repeated.
 */
export const verifyRemoval = async (state: CleanupState, ports: Ports): Promise<CleanupState> => {
  const [records, removed] = await Promise.all([readRecords(state, ports), removeKnown(state, ports)]);
  const { operation } = records;
  if (keepsFailedObjects(operation.value) || isSuccessfulDeploy(operation.value)) return toDone(state);
  const kubernetes = await getKubernetes(operation.value, ports);
  const namespace = { incarnation: getIncarnation(records), kubernetes };
  const { owned, highAvailability, isReplaced } = removed ?? (await remove(operation.value, namespace, ports));
  if (owned.length > 0) return waitForRemoval(state, { operation, objects: owned }, ports);
  if (endsWithCheckpoints(operation.value) || mayHaveLostSavepoint(records))
    await recordCheckpoints(records, kubernetes, ports);
  // The other objects belong to a later cluster of the same id.
  if (isReplaced) return toDone(state);
  if (mayStillCreateObjects(operation.value, ports)) return toWaiting(state);
  if (highAvailability.length > 0) await purge(operation, { kubernetes, highAvailability }, ports);
  return toDone(state);
};

/** Whether the Deployment may have been deleted before the savepoints of a rollout were complete. */
const mayHaveLostSavepoint = ({ operation, cluster }: CleanupRecords): boolean =>
  requiresSnapshot(operation.value) && cluster.value.highAvailabilityDirectory !== undefined;

/** Removes the objects of an incarnation that the step `RemoveObjects` knew. This needs no records. */
const removeKnown = async (
  { cluster, incarnation }: CleanupState,
  { targets, kubernetes }: Ports,
): Promise<Removal | undefined> =>
  cluster === undefined || incarnation === undefined
    ? undefined
    : kubernetes(await targets.get(cluster.target)).remove({ clusterId: cluster.clusterId, ...incarnation });

interface Data {
  readonly kubernetes: Kubernetes;
  readonly highAvailability: readonly HighAvailabilityData[];
}

/**
 * Deletes the high-availability data of the cluster of which nothing is to be recovered. The cluster is read after the data: a
 * later incarnation, whose data this may be, is recorded before it writes any.
 */
const purge = async (
  operation: Versioned<StoredOperation>,
  { kubernetes, highAvailability }: Data,
  ports: Ports,
): Promise<void> => {
  const cluster = await getCluster(operation.value, ports.store);
  const own = selectOwnData(highAvailability, cluster.value, await ports.targets.get(operation.value.target));
  const purged = await selectPurged(own, { operation, cluster }, ports);
  if (purged.length === 0) return;
  await warnOfRemainingFiles(operation.value.operationId, ports);
  await kubernetes.removeConfigMaps(purged);
};

interface Remaining {
  readonly operation: Versioned<StoredOperation>;
  readonly objects: readonly { readonly kind: string; readonly name: string }[];
}

const waitForRemoval = async (
  state: CleanupState,
  { operation, objects }: Remaining,
  ports: Ports,
): Promise<CleanupState> => {
  const names = nameFirst(objects);
  if (isCleanupOverdue(operation.value, ports)) {
    const message = `These objects still exist at the deadline: ${names}. Stop the cluster again.`;
    return { ...state, outcome: 'failed', reason: 'deadline-exceeded', message };
  }
  if (findStopData(operation.value) !== undefined)
    await recordPhase(operation, `Waiting for the removal of ${names}.`, ports);
  return toWaiting(state);
};

/** A record holds the names of few objects, and there may be thousands. */
const maxNamed = 10;

const nameFirst = (objects: Remaining['objects']): string => {
  const named = objects.slice(0, maxNamed).map(({ kind, name }) => `${kind} ${name}`);
  const further = objects.length - named.length;
  return [...named, ...(further > 0 ? [`${further} more`] : [])].join(', ');
};

/**
 * Whether the data has a state that is not recorded yet. An application's job without data has ended by itself since Flink was
 * asked. The data of a session has the programs of its jobs, too.
 */
const hasUnrecordedState = async (
  own: readonly HighAvailabilityData[],
  { operation, cluster: { value: cluster } }: CleanupRecords,
  { store }: Ports,
): Promise<boolean> => {
  if (!requiresSnapshot(operation.value)) return false;
  const names = new Set(own.map(({ name }) => name));
  const isStored = ({ clusterId, jobId }: Job) =>
    cluster.mode === 'session' || names.has(getJobDataName(clusterId, jobId));
  return selectIncarnationJobs(cluster, await store.jobs(cluster)).some(
    (job) => mayHaveState(job, cluster) && isStored(job),
  );
};

const isEndedApplication = async ({ cluster: { value } }: CleanupRecords, { store }: Ports): Promise<boolean> =>
  value.mode === 'application' &&
  findApplicationVerdict(value, selectIncarnationJobs(value, await store.jobs(value))) !== undefined;

/** Whether nothing of the cluster is to be recovered, so that Flink may delete its high-availability data. */
const canShutDown = async (records: CleanupRecords, ports: Ports): Promise<boolean> =>
  purgesThroughFlink(records.operation.value, records.cluster.value) || (await isEndedApplication(records, ports));

/** Makes Flink delete its high-availability data. A JobManager that does not answer is removed anyway. */
const shutDownFlink = async (
  { clusterId }: StoredOperation,
  kubernetes: Kubernetes,
  { sleep, random, signal }: Ports,
): Promise<void> => {
  try {
    await repeat(() => flinkRest(kubernetes.flink(clusterId)).shutDown(), {
      policy: policies.kubernetes,
      isTransient: (error) => error instanceof Fault && error.code === 'target-unreachable',
      sleep,
      random,
      signal,
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
};

/** Whether the Deployment of the cluster exists, and no other operation created it. */
const hasDeployment = async (
  { operationId }: Incarnation,
  clusterId: string,
  kubernetes: Kubernetes,
): Promise<boolean> => (await kubernetes.findDeployment(clusterId))?.operationId === operationId;

/** The incarnation that this cleanup removes: that of the failed deploy, or the one that the stop ends. */
export const getIncarnation = ({
  operation: { value: operation },
  cluster: { value: cluster },
}: CleanupRecords): Incarnation =>
  findStopData(operation) !== undefined || cluster.operationId === operation.operationId
    ? cluster
    : { operationId: operation.operationId };

/**
 * Whether a function may still create objects of the cluster. A function that started before its deploy was ended runs
 * until its timeout, and the API server then still handles its last request.
 */
const mayStillCreateObjects = (operation: StoredOperation, { now }: Ports): boolean => {
  const stop = findRequest(operation, 'stop');
  const until = stop === undefined ? computeCreatesUntil(new Date(operation.updatedAt)) : stop.createsUntil;
  return until !== undefined && now().toISOString() < until;
};

/**
 * A stop says whether it purges. That of a rollout keeps the data as long as a job lacks the record of its state. An application
 * that has ended has nothing to recover. One that never ran has written nothing to recover, but it may have been deployed to
 * recover the jobs of an earlier incarnation.
 */
const selectPurged = async (
  own: readonly HighAvailabilityData[],
  records: CleanupRecords,
  ports: Ports,
): Promise<readonly HighAvailabilityData[]> => {
  const [operation, cluster] = [records.operation.value, records.cluster.value];
  const stop = findStopData(operation);
  const isPurged = stop?.ha === 'purge' && !(await hasUnrecordedState(own, records, ports));
  if (isPurged || (await isEndedApplication(records, ports))) return own;
  const neverRan =
    stop === undefined && cluster.mode === 'application' && cluster.operationId === operation.operationId;
  return neverRan ? own.filter(({ createdAt }) => Date.parse(createdAt) >= Date.parse(operation.createdAt)) : [];
};
