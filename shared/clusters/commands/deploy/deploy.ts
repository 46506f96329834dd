import { startOrEnqueue } from '#shared/clusters/admission/start-or-enqueue.ts';
import type { UseCase } from '#shared/clusters/commands/use-case.ts';

import { applyDeploy, startIfApplied } from './apply.ts';
import { prepareDeploy } from './prepare.ts';
import { buildDeployChange, buildDeployOperation } from './records.ts';
import { openStoredSpec, recordWithSpec } from './stored-spec.ts';

export const deploy: UseCase<'deploy'> = {
  async record(command, keyFor, ports) {
    const storedSpec = openStoredSpec(ports);
    const { prepared, pendingReason } = await recordWithSpec(storedSpec, async (onWrite) => {
      const prepared = await prepareDeploy(command, storedSpec, ports);
      const { queuedCommand, target, queueHead, operationId } = prepared;
      const pendingReason = await startOrEnqueue(
        {
          command: queuedCommand,
          target,
          queueHead,
          buildChange: (reason) => {
            onWrite();
            return { ...buildDeployChange(prepared, reason), ...keyFor(operationId) };
          },
          payload: prepared.data,
          storesPayload: 'queued',
        },
        ports,
      );
      return { prepared, pendingReason };
    });
    const { target, manifests } = prepared;
    const operation = { value: buildDeployOperation(prepared, pendingReason), version: 1 };
    const { cluster } = buildDeployChange(prepared, pendingReason);
    if (pendingReason !== undefined) return { ...operation, cluster: cluster.value };
    const version = (cluster.previous ?? 0) + 1;
    const recorded = { operation, cluster: { value: cluster.value, version }, target, manifests };
    return {
      ...operation,
      cluster: cluster.value,
      advance: (bound) => applyDeploy(operation.value, { command, recorded }, bound),
    };
  },

  async advance({ value: operation }, command, ports) {
    if (operation.state === 'QUEUED') return operation;
    const { operation: advanced } =
      operation.state === 'PENDING'
        ? await applyDeploy(operation, { command }, ports)
        : await startIfApplied(operation, ports);
    return advanced;
  },
};
