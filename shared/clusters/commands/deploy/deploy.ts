import { isTerminalCluster } from '#events/cluster.ts';
import { Fault } from '#events/problem.ts';
import { newQueuedCommand, startTimeoutMs } from '#shared/clusters/admission/queued-command.ts';
import { startOrEnqueue } from '#shared/clusters/admission/start-or-enqueue.ts';
import { teamOf } from '#shared/clusters/commands/assertions.ts';
import type { UseCase } from '#shared/clusters/commands/use-case.ts';
import { newCluster } from '#shared/clusters/model/cluster.ts';
import { newLifetime, startLifetime } from '#shared/clusters/model/lifetime.ts';
import { newOperation, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { PendingReason } from '#shared/clusters/model/queue.ts';
import type { Change } from '#shared/clusters/model/records.ts';
import { findJobsToRestore } from '#shared/clusters/restore/restore-jobs.ts';
import { resolveSavepoint, restoreOptionsOf } from '#shared/clusters/restore/savepoint.ts';

import { apply } from './apply.ts';
import { generatedId, rendered, restoreOf, withJob } from './render.ts';

export const deploy: UseCase<'deploy'> = {
  async record(command, key, ports) {
    const target = await ports.targets.get(command.target);
    const operationId = ports.newId();
    const clusterId = command.clusterId ?? generatedId(operationId);
    const clusterRef = { target: target.name, clusterId };
    const restoredFrom = await resolveSavepoint(
      restoreOf(command.data),
      clusterRef.target,
      ports.store,
      '/job/restore',
    );
    const data = withJob(command.data, restoredFrom);
    const { deployment, resources } = rendered(data, { operationId, clusterId }, target);
    const earlier = await ports.store.cluster(clusterRef);
    if (earlier?.value.state === 'STOPPING') {
      throw new Fault(
        'not-ready',
        `cluster ${clusterId} in target ${target.name} is STOPPING: wait until it is STOPPED`,
        {
          operationId: earlier.value.stopOperationId,
          retryAfterSeconds: 5,
        },
      );
    }
    if (earlier !== undefined && !isTerminalCluster(earlier.value)) {
      throw new Fault(
        'id-taken',
        `cluster ${clusterId} in target ${target.name} is ${earlier.value.state}: stop it first, or take another id`,
        {
          errors: [{ pointer: '/clusterId', detail: 'taken' }],
          operationId: earlier.value.operationId,
        },
      );
    }

    const restoredJobs = await findJobsToRestore(command.data.restore, clusterRef, ports);
    const now = ports.now();
    const { mode, onFailure, labels, correlationId, taskToken, restore } = command.data;
    const lifetime = newLifetime(command.data.lifetime, { mode, target, now });
    const claim = newQueuedCommand(
      {
        operationId,
        kind: 'deploy',
        ...clusterRef,
        team: teamOf({ labels }),
        demand: resources.demand,
        ...(earlier?.value.state === 'FAILED' ? { replaces: earlier.value.operationId } : {}),
      },
      { ...command.data, until: lifetime?.until },
      now,
    );
    const operationAt = (pendingReason: PendingReason | undefined): StoredOperation => {
      const { origin } = command;
      const withSavepoint = { restoredFrom, ...(restoredJobs.length === 0 ? {} : { restoredJobs: [...restoredJobs] }) };
      const fields = {
        operationId,
        kind: 'deploy' as const,
        ...clusterRef,
        origin,
        correlationId,
        taskToken,
        ...withSavepoint,
      };
      const request = {
        kind: 'deploy' as const,
        data: {
          onFailure,
          ...(pendingReason === undefined ? {} : { hasPayload: true as const }),
          ...(restore === undefined ? {} : { restore: restoreOptionsOf(restore) }),
        },
      };
      const operation = newOperation({ ...fields, ...command.batchItem, request }, startTimeoutMs.deploy, now);
      return pendingReason === undefined ? operation : { ...operation, state: 'QUEUED', deadline: claim.deadline };
    };
    const changeOf = (pendingReason: PendingReason | undefined): Change => {
      const { cluster, events } = newCluster(
        {
          ...clusterRef,
          mode: mode === 'application' ? 'application' : 'session',
          namespace: target.namespace,
          image: deployment.spec?.template.spec?.containers.at(-1)?.image ?? '',
          labels,
          operationId,
          ...(lifetime === undefined
            ? {}
            : { lifetime: pendingReason === undefined ? startLifetime(lifetime, now, target) : lifetime }),
          ...(mode === 'session' ? { taskManagers: resources.taskManagers } : {}),
          pendingReason,
        },
        now,
        earlier?.value,
      );
      return {
        cluster: { value: cluster, previous: earlier?.version },
        operations: [{ value: operationAt(pendingReason), previous: undefined }],
        events,
        batchItems: command.batchItem === undefined ? [] : [{ ...command.batchItem, clusterId, operationId }],
        ...key(operationId),
      };
    };
    const pendingReason = await startOrEnqueue(claim, target, changeOf, ports, command.data);
    return { value: operationAt(pendingReason), version: 1 };
  },

  async advance(operation, command, ports) {
    if (operation.value.state === 'QUEUED') return operation.value;
    const applied =
      operation.value.state === 'PENDING' ? await apply(operation.value, command, ports) : operation.value;
    if (applied.state === 'IN_PROGRESS') await ports.workflows.start('startup', applied.operationId);
    return applied;
  },
};
