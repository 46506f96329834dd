import { startOrEnqueue } from '#shared/clusters/admission/start-or-enqueue.ts';
import type { UseCase } from '#shared/clusters/commands/use-case.ts';

import { applyDeploy } from './apply.ts';
import { prepareDeploy } from './prepare.ts';
import { buildDeployChange, buildDeployOperation } from './records.ts';

export const deploy: UseCase<'deploy'> = {
  async record(command, keyFor, ports) {
    const prepared = await prepareDeploy(command, ports);
    const { queuedCommand, target, operationId } = prepared;
    const pendingReason = await startOrEnqueue(
      {
        command: queuedCommand,
        target,
        buildChange: (reason) => ({ ...buildDeployChange(prepared, reason), ...keyFor(operationId) }),
        payload: command.data,
        storesPayload: 'queued',
      },
      ports,
    );
    return { value: buildDeployOperation(prepared, pendingReason), version: 1 };
  },

  async advance({ value: operation }, command, ports) {
    if (operation.state === 'QUEUED') return operation;
    const applied = operation.state === 'PENDING' ? await applyDeploy(operation, command, ports) : operation;
    if (applied.state === 'IN_PROGRESS') await ports.workflows.start('startup', applied);
    return applied;
  },
};
