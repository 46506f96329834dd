import type { Command, SubmitData } from '#events/commands/index.ts';
import type { FlinkVersion } from '#events/flink-version.ts';
import type { ClusterRef } from '#events/names.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { newQueuedCommand, startTimeoutMs } from '#shared/clusters/admission/queued-command.ts';
import { startOrEnqueue } from '#shared/clusters/admission/start-or-enqueue.ts';
import type { PendingReason, QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { isEndingCluster } from '#shared/clusters/model/cluster-states.ts';
import { clearIdle } from '#shared/clusters/model/lifetime.ts';
import { assertStorable } from '#shared/clusters/model/records/size.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { newOperation, type StoredOperation, toCaller } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { resolveSavepoint, withSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { markRestored } from '#shared/clusters/restore/snapshot.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import {
  findJobWarnings,
  findTargetWarnings,
  findNameConflicts,
  findScriptWarnings,
  limitWarnings,
} from '#shared/flink/manifests/warnings.ts';
import { findUnknownOptions } from '#shared/flink/option-names/unknown.ts';
import { restorePathOption } from '#shared/flink/option-names/restore.ts';

import { assertRunning, assertSession, getTeam } from './assertions.ts';
import { assertProgram, computeDemand, inspectJar, resolveJobConfig } from './submit-program.ts';
import type { UseCase } from './use-case.ts';

export const submit: UseCase<'submit'> = {
  async record(command, keyFor, ports) {
    const { target: targetName, data } = command;
    assertStorable({ record: data, path: [] });
    const target = await ports.targets.get(targetName);
    const clusterRef = { target: targetName, clusterId: command.clusterId ?? '' };
    const { cluster, queueHead, assertJar } = await readTogether(clusterRef, { data, target }, ports);
    assertSession(cluster.value);
    // The command waits for a session that is still starting.
    if (isEndingCluster(cluster.value)) assertRunning(cluster.value);
    assertProgram(data, { cluster: cluster.value, target, assertJar });

    const now = ports.now();
    const operationId = ports.newId();
    const savepoint = await resolveSavepoint(data.restore, { target: targetName, config: data.config }, ports.store);
    const place = { target: targetName, pointer: '/restore', operationId };
    const restored = await markRestored(data.restore, place, ports.store);
    const { flinkVersion } = cluster.value;
    const { principal } = command;
    const fields = { ...clusterRef, operationId, kind: 'submit' as const, principal, team: getTeam(cluster.value) };
    const { config, effective } = resolveJobConfig(data.config, { flinkVersion, target });
    const submitted = withSavepoint({ ...data, config: effective }, savepoint);
    const queuedCommand = newQueuedCommand({ ...fields, demand: computeDemand(cluster.value, submitted) }, data, now);
    const { taskToken: _taskToken, args, sql, config: jobConfig, ...program } = submitted;
    const prepared = { command, queuedCommand, program, config, flinkVersion, messageToken: ports.newToken(), now };
    const build = (reason: PendingReason | undefined) => buildOperation(prepared, reason);
    const pendingReason = await startOrEnqueue(
      {
        command: queuedCommand,
        target,
        queueHead,
        session: cluster.value,
        buildChange: (reason) => ({
          ...clearIdle(cluster),
          ...restored,
          operations: [{ value: build(reason), previous: undefined }],
          ...keyFor(operationId),
        }),
        payload: omitUndefined({ args, config: jobConfig, sql }),
        storesPayload: 'always',
      },
      ports,
    );
    return { value: build(pendingReason), version: 1 };
  },

  async advance({ value }, _command, { workflows }) {
    if (value.state !== 'QUEUED') await workflows.start('submission', value);
    return value;
  },
};

interface GivenSubmit {
  readonly data: SubmitData;
  readonly target: NamedTarget;
}

/** Reads the records and the jar at the same time. `assertJar` throws what is wrong with the jar. */
const readTogether = async (clusterRef: ClusterRef, { data, target }: GivenSubmit, ports: Ports) => {
  const [cluster, queueHead, assertJar] = await Promise.all([
    getCluster(clusterRef, ports.store),
    ports.store.queueHead(target.name),
    inspectJar(data, target, ports),
  ]);
  return { cluster, queueHead, assertJar };
};

interface PreparedSubmit {
  readonly command: Command<'submit'>;
  readonly queuedCommand: QueuedCommand;
  /** What the record has of the command. */
  readonly program: Omit<SubmitData, 'args' | 'sql' | 'config' | 'taskToken'>;
  /** The options of the command. */
  readonly config: SubmitData['config'];
  readonly flinkVersion: FlinkVersion;
  readonly messageToken: string;
  readonly now: Date;
}

/** The operation of a submit that starts, or that waits for the given reason. It has the id of its job. */
const buildOperation = (
  {
    command: { data, applyOperationId, clusterOperationId, ...command },
    queuedCommand,
    program,
    config,
    flinkVersion,
    messageToken,
    now,
  }: PreparedSubmit,
  pendingReason: PendingReason | undefined,
): StoredOperation => {
  const { operationId, target, clusterId, deadline } = queuedCommand;
  const warnings = limitWarnings([
    ...findNameConflicts(data.config, flinkVersion),
    ...findUnknownOptions(config, flinkVersion),
    ...findJobWarnings({ ...data, config }),
    ...findTargetWarnings(config),
    ...findScriptWarnings(data, { mode: 'session', flinkVersion }),
  ]);
  const operation = newOperation(
    {
      operationId,
      kind: 'submit',
      target,
      clusterId,
      jobId: operationId,
      ...toCaller(command),
      messageToken,
      restoredFrom: program.restore?.path ?? config[restorePathOption],
      ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
      correlationId: data.correlationId,
      taskToken: data.taskToken,
      request: { kind: 'submit', data: program, ...omitUndefined({ applyOperationId, clusterOperationId }) },
    },
    startTimeoutMs.submit,
    now,
  );
  return pendingReason === undefined ? operation : { ...operation, state: 'QUEUED', deadline };
};
