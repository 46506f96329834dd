import type { Cluster } from '#events/records/cluster.ts';
import type { Command, SubmitData } from '#events/commands/index.ts';
import type { FlinkVersion } from '#events/flink-version.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Demand, NamedTarget } from '#events/records/target.ts';
import { newQueuedCommand, startTimeoutMs } from '#shared/clusters/admission/queued-command.ts';
import { startOrEnqueue } from '#shared/clusters/admission/start-or-enqueue.ts';
import type { PendingReason, QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { isEndingCluster } from '#shared/clusters/model/cluster-states.ts';
import { clearIdle } from '#shared/clusters/model/lifetime.ts';
import { assertStorable } from '#shared/clusters/model/records/size.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { newOperation, type StoredOperation, toCaller } from '#shared/clusters/model/operation.ts';
import { findSubmitErrors } from '#shared/clusters/model/policy/find-policy-errors.ts';
import { assertAllowed, listLockedJobOptions } from '#shared/clusters/model/policy/option-rules.ts';
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
import { findReservedOptions } from '#shared/flink/manifests/reserved-options.ts';
import { canonicalizeConfig } from '#shared/flink/option-names/canonical.ts';
import { findDirectoryErrors } from '#shared/flink/option-names/directories.ts';
import { findUnknownOptions } from '#shared/flink/option-names/unknown.ts';
import { listRestorePaths, restorePathOption, withoutRestorePath } from '#shared/flink/option-names/restore.ts';
import { assertNoFieldErrors } from '#shared/flink/options.ts';
import { computeParallelism } from '#shared/flink/program/parallelism.ts';
import { findSqlErrors } from '#shared/flink/program/sql.ts';
import { computeJobDemand } from '#shared/flink/resources.ts';

import { assertRunning, assertSession, assertUsableJar, getTeam } from './assertions.ts';
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
    assertAllowed(findSubmitErrors(data, target), target);
    assertJar();
    assertSqlRuns(data, cluster.value);
    assertNoFieldErrors([...findReservedOptions(data.config), ...findDirectoryErrors(data.config)]);

    const now = ports.now();
    const operationId = ports.newId();
    const savepoint = await resolveSavepoint(data.restore, { target: targetName, config: data.config }, ports.store);
    const place = { target: targetName, pointer: '/restore', operationId };
    const restored = await markRestored(data.restore, place, ports.store);
    const { flinkVersion } = cluster.value;
    const { principal } = command;
    const fields = { ...clusterRef, operationId, kind: 'submit' as const, principal, team: getTeam(cluster.value) };
    const config = resolveJobConfig(data.config, flinkVersion);
    // The session has read these options when it started, and a job has them whatever the session has.
    const locked = canonicalizeConfig(listLockedJobOptions(target), flinkVersion);
    const submitted = withSavepoint({ ...data, config: { ...config, ...locked } }, savepoint);
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
const readTogether = async (clusterRef: ClusterRef, { data: { jar }, target }: GivenSubmit, ports: Ports) => {
  const inspect = () => (jar === undefined ? undefined : ports.jars.inspect(jar, target.name));
  const [cluster, queueHead, [found]] = await Promise.all([
    getCluster(clusterRef, ports.store),
    ports.store.queueHead(target.name),
    Promise.allSettled([inspect()]),
  ]);
  const assertJar = () => {
    if (found.status === 'rejected') throw found.reason;
    if (jar !== undefined) assertUsableJar(jar, found.value, target);
  };
  return { cluster, queueHead, assertJar };
};

/** @throws Fault `refused-option` for a script that the session cannot execute. */
const assertSqlRuns = ({ sql }: SubmitData, { flinkVersion }: Cluster): void => {
  if (sql !== undefined) assertNoFieldErrors(findSqlErrors(sql, { mode: 'session', flinkVersion }));
};

/** What a job requests from the target. Not every record of a session has its TaskManagers. */
const computeDemand = ({ taskManagers }: Cluster, { config, parallelism, sql }: SubmitData): Demand => {
  const options = {
    ...(taskManagers === undefined ? {} : { 'parallelism.default': taskManagers.parallelism }),
    ...config,
    ...(parallelism === undefined ? {} : { 'parallelism.default': parallelism }),
  };
  const largest = computeParallelism(options, { sql, pointer: '/sql' });
  return taskManagers === undefined
    ? { clusters: 0, jobs: 1, cpu: 0, memoryMebibytes: 0 }
    : computeJobDemand(taskManagers, largest);
};

type JobConfig = SubmitData['config'];

/** The options of a job under the names that the session reads first. A blank restore path stands for none. */
const resolveJobConfig = (given: JobConfig, version: FlinkVersion): JobConfig => {
  const config = canonicalizeConfig(given, version);
  return listRestorePaths(config).length === 0 ? withoutRestorePath(config) : config;
};

interface PreparedSubmit {
  readonly command: Command<'submit'>;
  readonly queuedCommand: QueuedCommand;
  /** What the record has of the command. */
  readonly program: Omit<SubmitData, 'args' | 'sql' | 'config' | 'taskToken'>;
  /** The options of the command. */
  readonly config: JobConfig;
  readonly flinkVersion: FlinkVersion;
  readonly messageToken: string;
  readonly now: Date;
}

/** The operation of a submit that starts, or that waits for the given reason. It has the id of its job. */
const buildOperation = (
  { command: { data, ...command }, queuedCommand, program, config, flinkVersion, messageToken, now }: PreparedSubmit,
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
      request: { kind: 'submit', data: program },
    },
    startTimeoutMs.submit,
    now,
  );
  return pendingReason === undefined ? operation : { ...operation, state: 'QUEUED', deadline };
};
