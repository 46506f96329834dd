import type { Job } from '#events/records/job.ts';
import { newOperation, toCaller } from '#shared/clusters/model/operation.ts';
import type { RequestOf } from '#shared/clusters/model/records/request.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';

import { assertRunning, assertSavepointDirectory } from './assertions.ts';
import { getLiveJob } from './live-job.ts';
import type { UseCase } from './use-case.ts';

/** Savepoints of large state take long. */
const deadlineMs = 30 * 60_000;

type Kind = 'savepoint' | 'checkpoint' | 'stop-job' | 'dispose-savepoint';

/** The use case of a command that the snapshot workflow executes. */
const newSnapshotUseCase = <K extends Kind>(kind: K): UseCase<K> => ({
  async record({ target, clusterId, data, ...command }, keyFor, ports) {
    await ports.targets.get(target);
    const clusterRef = { target, clusterId: clusterId ?? '' };
    const records = await getClusterWithJobs(clusterRef, ports.store);
    const { value: cluster } = records.cluster;
    assertRunning(cluster);
    const job = 'jobId' in data ? await getLiveJob(records, data.jobId, ports) : undefined;
    if (kind === 'savepoint' || kind === 'stop-job')
      assertSavepointDirectory(cluster, { directory: getDirectory(data), pointer: '/directory' });

    const operationId = ports.newId();
    // The data belongs to this kind, which the compiler cannot infer.
    const request = { kind, data, ...toSavepointBefore(job) } as unknown as RequestOf<K>;
    const jobId = 'jobId' in data ? { jobId: data.jobId } : {};
    const fields = {
      operationId,
      kind,
      ...clusterRef,
      ...jobId,
      ...toCaller(command),
      messageToken: ports.newToken(),
      request,
      ...findDirectoryWarnings(data),
    };
    const operation = newOperation(fields, deadlineMs, ports.now());
    await commit({ operations: [{ value: operation, previous: undefined }], ...keyFor(operationId) }, ports);
    return { value: operation, version: 1 };
  },

  async advance({ value }, _command, { workflows }) {
    await workflows.start('snapshot', value);
    return value;
  },
});

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
