import { newQueuedCommand, startTimeoutMs } from '#shared/clusters/admission/queued-command.ts';
import { startOrEnqueue } from '#shared/clusters/admission/start-or-enqueue.ts';
import { isEndingCluster } from '#shared/clusters/model/cluster-states.ts';
import { clearIdle } from '#shared/clusters/model/lifetime.ts';
import { newOperation, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { PendingReason } from '#shared/clusters/model/queue.ts';
import type { Change } from '#shared/clusters/model/records.ts';
import { resolveSavepoint, withSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { computeJobDemand } from '#shared/flink/resources.ts';

import { assertRunning, assertSession, assertUsableJar, teamOf } from './assertions.ts';
import type { UseCase } from './use-case.ts';

export const submit: UseCase<'submit'> = {
  async record({ target: name, clusterId, data, origin }, key, ports) {
    const target = await ports.targets.get(name);
    const clusterRef = { target: name, clusterId: clusterId ?? '' };
    const found = await getCluster(clusterRef, ports.store);
    const cluster = found.value;
    assertSession(cluster);
    // One that comes up is waited for.
    if (isEndingCluster(cluster)) assertRunning(cluster);
    await assertUsableJar(data.jar, target, ports.jars);

    const now = ports.now();
    const operationId = ports.newId();
    const restoredFrom = await resolveSavepoint(data.restore, clusterRef.target, ports.store);
    const { taskToken, ...submitData } = withSavepoint(data, restoredFrom);
    const claim = newQueuedCommand(
      {
        operationId,
        kind: 'submit',
        ...clusterRef,
        team: teamOf(cluster),
        demand: cluster.taskManagers === undefined ? oneJob : computeJobDemand(cluster.taskManagers, data.parallelism),
      },
      data,
      now,
    );
    const operationAt = (pendingReason: PendingReason | undefined): StoredOperation => {
      const { correlationId } = data;
      const fields = { operationId, kind: 'submit' as const, ...clusterRef, jobId: operationId, origin, restoredFrom };
      const request = { kind: 'submit' as const, data: submitData };
      const operation = newOperation({ ...fields, correlationId, taskToken, request }, startTimeoutMs.submit, now);
      return pendingReason === undefined ? operation : { ...operation, state: 'QUEUED', deadline: claim.deadline };
    };
    const changeOf = (pendingReason: PendingReason | undefined): Change => ({
      ...clearIdle(found),
      operations: [{ value: operationAt(pendingReason), previous: undefined }],
      ...key(operationId),
    });
    const pendingReason = await startOrEnqueue(claim, target, changeOf, ports);
    return { value: operationAt(pendingReason), version: 1 };
  },

  async advance({ value }, _command, { workflows }) {
    if (value.state !== 'QUEUED') await workflows.start('submission', value.operationId);
    return value;
  },
};

/** Of a session whose deploy did not write down what its TaskManagers are. */
const oneJob = { clusters: 0, jobs: 1, cpu: 0, memoryMebibytes: 0 };
