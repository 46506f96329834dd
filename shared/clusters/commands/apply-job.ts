import type { Command, CommandData, SubmitData } from '#events/commands/index.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { assertFitsTarget } from '#shared/clusters/model/admission/quota.ts';
import { toCanonicalJson } from '#shared/clusters/model/canonical.ts';
import { selectIncarnationRecords } from '#shared/clusters/model/job.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { newOperation, toCaller } from '#shared/clusters/model/operation.ts';
import { assertStorable } from '#shared/clusters/model/records/size.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { listRolloutEvents, newRolloutFault, newRolloutResult } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords, Store } from '#shared/clusters/ports/store.ts';
import { findProgram, readSubmit } from '#shared/clusters/restore/program.ts';
import { resolveSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';
import { commit, withPayload } from '#shared/clusters/store/transact.ts';
import { withoutRestore } from '#shared/flink/option-names/restore.ts';

import { assertRunning, assertSavepointDirectory, assertSession, getTeam } from './assertions.ts';
import { assertNotChanging, newEndedFault } from './live-job.ts';
import { rolloutDeadlineMs, assertStableWithin } from './rollouts/deadlines.ts';
import { UnchangedCluster } from './rollouts/unchanged.ts';
import { assertProgram, computeDemand, inspectJar, resolveJobConfig } from './submit-program.ts';
import type { UseCase } from './use-case.ts';

/**
 * Starts another program, or the same one with other options, in place of a job of a session. The record of the job is the
 * lock: it names its apply, so that of two at the same time one fails with `conflict`.
 */
export const applyJob: UseCase<'apply-job'> = {
  async record(command, keyFor, ports) {
    const { target: name, clusterId = '', data } = command;
    assertStorable({ record: data, path: [] });
    const target = await ports.targets.get(name);
    const records = await getClusterWithJobs({ target: name, clusterId }, ports.store);
    const { value: cluster } = records.cluster;
    assertSession(cluster);
    assertRunning(cluster);
    if (cluster.rollout !== undefined) throw newRolloutFault(cluster);
    const job = await getAppliedJob(records, data.jobId, ports.store);
    await assertNotChanging(job.value, ports.store);
    assertStableWithin(data.rollout, '/rollout/stableWithin');
    if (data.rollout.state === 'savepoint') assertDirectory(cluster, data);
    const submitted = toSubmitData(data);
    await assertApplicable(submitted, { cluster, target }, ports);
    if (data.rollout.state === 'none')
      await resolveSavepoint(data.restore, { target: name, config: data.config }, ports.store);
    if (await isUnchanged(submitted, { job: job.value, cluster, target }, ports))
      throw new UnchangedCluster('apply-job', cluster, data.jobId);
    return recordApply(command, { cluster, job }, { keyFor, ports });
  },

  async advance({ value }, _command, { workflows }) {
    await workflows.start('rollout', value);
    return value;
  },
};

type SubmittedJob = Versioned<Job & { readonly operationId: string }>;

interface AppliedJob {
  readonly cluster: Cluster;
  readonly job: SubmittedJob;
}

type RecordOptions = { readonly keyFor: Parameters<UseCase<'apply-job'>['record']>[1]; readonly ports: Ports };

const recordApply = async (
  { data, target, clusterId = '', ...command }: Command<'apply-job'>,
  { cluster, job: { value: job, version } }: AppliedJob,
  { keyFor, ports }: RecordOptions,
) => {
  const { jobId, rollout: options, jar, entryClass, parallelism, restore, deadline, args, config, sql } = data;
  const now = ports.now();
  const operationId = ports.newId();
  const program = omitUndefined({ jar, entryClass, parallelism, restore });
  const request = { options, clusterOperationId: cluster.operationId, submitId: job.operationId, program };
  const operation = newOperation(
    {
      operationId,
      kind: 'apply-job',
      target,
      clusterId,
      jobId,
      ...toCaller(command),
      messageToken: ports.newToken(),
      ...omitUndefined({ correlationId: data.correlationId, taskToken: data.taskToken }),
      request: { kind: 'apply-job', data: { ...request, ...omitUndefined({ deadline }) } },
      rollout: newRolloutResult({ job: { from: jobId }, at: now }),
    },
    rolloutDeadlineMs,
    now,
  );
  const change = {
    operations: [{ value: operation, previous: undefined }],
    jobs: [{ value: { ...job, applyOperationId: operationId }, previous: version }],
    events: listRolloutEvents(operation, cluster),
    ...keyFor(operationId),
  };
  const payload = omitUndefined({ args, config, sql });
  await withPayload({ operationId, payload }, ports, () => commit(change, ports));
  return { value: operation, version: 1 };
};

/** @throws Fault `not-found`, `wrong-state` for a job that has ended, or that was not submitted by Drey. */
const getAppliedJob = async (
  { cluster: { value: cluster }, jobs }: ClusterRecords,
  jobId: string,
  store: Store,
): Promise<SubmittedJob> => {
  const { target, clusterId } = cluster;
  const job = selectIncarnationRecords(cluster, jobs).find(({ value }) => value.jobId === jobId);
  if (job === undefined) throw await newUnknownFault({ target, clusterId, jobId }, store);
  const { operationId } = job.value;
  if (isTerminalJob(job.value)) throw newEndedFault(job.value);
  if (operationId !== undefined) return { ...job, value: { ...job.value, operationId } };
  throw new Fault(
    'wrong-state',
    `Job ${jobId} of cluster ${clusterId} in target ${target} was not submitted through Drey, so its program is unknown.`,
  );
};

/** A job has a record when Flink lists it. */
const newUnknownFault = async (
  { target, clusterId, jobId }: Pick<Job, 'target' | 'clusterId' | 'jobId'>,
  store: Store,
): Promise<Fault> => {
  const submit = (await store.operation(jobId))?.value;
  const isStarting = submit?.clusterId === clusterId && submit.target === target && !isTerminalOperation(submit);
  return isStarting
    ? new Fault('not-ready', `Job ${jobId} is ${submit.state}. Retry when it runs.`, { retryAfterSeconds: 5 })
    : new Fault('not-found', `Cluster ${clusterId} in target ${target} has no job ${jobId}.`);
};

/** @throws Fault `malformed-request` */
const assertDirectory = (cluster: Cluster, { rollout: { savepointDirectory } }: CommandData<'apply-job'>): void =>
  assertSavepointDirectory(cluster, { directory: savepointDirectory, pointer: '/rollout/savepointDirectory' });

interface Session {
  readonly cluster: Cluster;
  readonly target: NamedTarget;
}

/** @throws Fault for every mistake in what is to run, and `over-limit` when it can never fit into the target. */
export const assertApplicable = async (data: SubmitData, { cluster, target }: Session, ports: Ports): Promise<void> => {
  assertProgram(data, { cluster, target, assertJar: await inspectJar(data, target, ports) });
  const { effective: config } = resolveJobConfig(data.config, { flinkVersion: cluster.flinkVersion, target });
  assertFitsTarget({ demand: computeDemand(cluster, { ...data, config }), team: getTeam(cluster) }, target);
};

/** The submit of the new job. */
const toSubmitData = ({
  jobId: _jobId,
  rollout: _rollout,
  correlationId: _correlationId,
  taskToken: _taskToken,
  ...job
}: CommandData<'apply-job'>): SubmitData => ({ ...job, priority: 0, dependsOn: [] });

/** Whether the job runs this program with these options already. Where it has started from is no part of that. */
const isUnchanged = async (
  submitted: SubmitData,
  { job: { operationId }, cluster: { flinkVersion }, target }: Session & { readonly job: SubmittedJob['value'] },
  ports: Ports,
): Promise<boolean> => {
  const current = findProgram((await ports.store.operation(operationId))?.value);
  if (current === undefined) return false;
  const identify = ({ sql, entryClass, args, parallelism, config }: SubmitData) =>
    toCanonicalJson({
      sql,
      entryClass,
      args,
      parallelism,
      config: withoutRestore(resolveJobConfig(config, { flinkVersion, target }).effective),
    });
  const isSame = identify(submitted) === identify(await readSubmit(operationId, current, ports));
  return isSame && (await isSameJar([submitted.jar, current.jar], target, ports));
};

/** Whether two jars have the same address or the same content. Each upload has an address of its own. */
const isSameJar = async (
  [one, other]: readonly [one: string | undefined, other: string | undefined],
  target: NamedTarget,
  { jars }: Pick<Ports, 'jars'>,
): Promise<boolean> => {
  if (one === undefined || other === undefined || one === other) return one === other;
  const found = await Promise.all([jars.inspect(one, target.name), jars.inspect(other, target.name)]);
  const [digest, otherDigest] = found.map((jar) => jar?.digest);
  return digest !== undefined && digest === otherDigest;
};
