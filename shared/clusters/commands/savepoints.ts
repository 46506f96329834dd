import type { ClusterRef } from '#events/names.ts';
import type { Job } from '#events/records/job.ts';
import { newOperation, type StoredOperation, toCaller } from '#shared/clusters/model/operation.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { OperationRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { newSnapshot } from '#shared/clusters/model/snapshot.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';

import { assertRunning, assertSavepointDirectory } from './assertions.ts';
import { getLiveJob } from './live-job.ts';
import type { KeyFor, RecordedOperation, UseCase } from './use-case.ts';

/** Savepoints of large state take long. */
const deadlineMs = 30 * 60_000;

type Kind = 'savepoint' | 'checkpoint' | 'stop-job' | 'dispose-savepoint';

/** The use case of a command that the snapshot workflow executes. */
const newSnapshotUseCase = <K extends Kind>(kind: K): UseCase<K> => ({
  async record({ target, clusterId, data, applyOperationId, ...command }, keyFor, ports) {
    await ports.targets.get(target);
    const clusterRef = { target, clusterId: clusterId ?? '' };
    const records = await getClusterWithJobs(clusterRef, ports.store);
    const { value: cluster } = records.cluster;
    assertRunning(cluster);
    const job = 'jobId' in data ? await getLiveJob(records, data.jobId, ports) : undefined;
    if (kind === 'savepoint' || kind === 'stop-job')
      assertSavepointDirectory(cluster, { directory: getDirectory(data), pointer: '/directory' });
    // The data belongs to this kind, which the compiler cannot infer.
    const request = {
      kind,
      data,
      ...toSavepointBefore(job),
      ...omitUndefined({ applyOperationId }),
    } as unknown as OperationRequest;
    const operation = newSnapshotOperation({ clusterRef, command, request, job }, ports);
    const snapshots =
      job === undefined ? [] : [{ value: newSnapshot({ operation, cluster, job }), previous: undefined }];
    return recordSnapshotOperation({ operation, snapshots, keyFor }, ports);
  },

  advance: startSnapshot,
});

interface SnapshotCommand {
  readonly clusterRef: ClusterRef;
  readonly command: Parameters<typeof toCaller>[0];
  readonly request: OperationRequest;
  /** The job that the snapshot is of. */
  readonly job?: Job | undefined;
}

/** The operation of a command that the snapshot workflow executes. */
export const newSnapshotOperation = (
  { clusterRef, command, request, job }: SnapshotCommand,
  { newId, newToken, now }: Ports,
): StoredOperation => {
  const fields = {
    operationId: newId(),
    kind: request.kind,
    ...clusterRef,
    ...(job === undefined ? {} : { jobId: job.jobId }),
    ...toCaller(command),
    messageToken: newToken(),
    request,
    ...findDirectoryWarnings(request.data),
  };
  return newOperation(fields, deadlineMs, now());
};

interface SnapshotRecords {
  readonly operation: StoredOperation;
  readonly snapshots: NonNullable<Change['snapshots']>;
  readonly keyFor: KeyFor;
}

/** Writes the operation, and the record of the snapshot that it takes. */
export const recordSnapshotOperation = async (
  { operation, snapshots, keyFor }: SnapshotRecords,
  ports: Ports,
): Promise<RecordedOperation> => {
  const operations = [{ value: operation, previous: undefined }];
  await commit({ operations, snapshots, ...keyFor(operation.operationId) }, ports);
  return { value: operation, version: 1 };
};

/** Starts the snapshot workflow. */
export const startSnapshot = async (
  { value }: Versioned<StoredOperation>,
  _command: unknown,
  { workflows }: Ports,
): Promise<StoredOperation> => {
  await workflows.start('snapshot', value);
  return value;
};

const getDirectory = (data: object): string | undefined =>
  'directory' in data && typeof data.directory === 'string' ? data.directory : undefined;

/** A path without a scheme is one of the container, unless the cluster has another default file system. */
const findDirectoryWarnings = (data: object): { readonly warnings?: string[] } => {
  const directory = getDirectory(data);
  return directory?.startsWith('/') === true
    ? {
        warnings: [
          `The directory of the savepoint has no scheme. Unless fs.default-scheme is set or a volume is mounted there, the savepoint is lost with the container.`,
        ],
      }
    : {};
};

const toSavepointBefore = (job: Job | undefined) =>
  job?.savepoint === undefined ? {} : { savepointBefore: job.savepoint };

export const savepoint = newSnapshotUseCase('savepoint');
export const checkpoint = newSnapshotUseCase('checkpoint');
export const stopJob = newSnapshotUseCase('stop-job');
export const disposeSavepoint = newSnapshotUseCase('dispose-savepoint');
