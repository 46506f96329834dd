import { Fault } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { RolloutKind } from '#events/records/rollout.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { openStoredSpec, recordWithSpec } from '#shared/clusters/commands/deploy/stored-spec.ts';
import type { KeyFor, RecordedOperation, UseCase } from '#shared/clusters/commands/use-case.ts';
import { reviseInPlace } from '#shared/clusters/model/in-place.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { newOperation, type StoredOperation, toCaller } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { listRolloutEvents, newRolloutFault, newRolloutResult, withProgress } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { commit } from '#shared/clusters/store/transact.ts';
import { parseDuration } from '#shared/flink/syntax.ts';

import type { Comparison } from './compare.ts';
import { isLocked, planRollout, type PlannedRollout, type RolloutCommand } from './plan-rollout.ts';
import { supersedeRollout } from './supersede.ts';

/**
 * Each stop, start and verification of a rollout has an own deadline. This one is for an execution that has ended without a
 * verdict: longer than all of them together, queues included.
 */
const deadlineMs = 4 * 24 * 3_600_000;

/** A new revision is watched at most so long. */
const maxStableWithinMs = 24 * 3_600_000;

/** The use case of a command that the state machine `rollout` executes. */
const newRolloutUseCase = <K extends RolloutKind>(kind: K): UseCase<K> => ({
  // The command is one of this kind, which the compiler cannot infer.
  record: (command, keyFor, ports) => recordRollout(command as unknown as RolloutCommand, { kind, keyFor }, ports),

  async advance({ value }, _command, { workflows }) {
    await workflows.start('rollout', value);
    return value;
  },
});

interface RecordOptions {
  readonly kind: RolloutKind;
  readonly keyFor: KeyFor;
}

const recordRollout = async (
  command: RolloutCommand,
  { kind, keyFor }: RecordOptions,
  ports: Ports,
): Promise<RecordedOperation> => {
  const { target: name, clusterId = '' } = command;
  const target = await ports.targets.get(name);
  const records = await ports.store.clusterWithJobs({ target: name, clusterId });
  const cluster = records?.cluster;
  assertRevision(command, cluster?.value);
  if (cluster !== undefined && isLocked(cluster.value)) throw newRolloutFault(cluster.value);
  const operationId = ports.newId();
  const planned = await planRollout(command, { target, records, operationId }, ports);
  assertStableWithin(planned, kind);
  const { request, inPlace } = planned;
  const now = ports.now();
  const from = request.data.from === undefined ? undefined : cluster?.value.revision;
  const begun = newOperation(
    {
      operationId,
      kind,
      target: name,
      clusterId,
      ...toCaller(command),
      messageToken: ports.newToken(),
      ...omitUndefined({ correlationId: command.data.correlationId, taskToken: command.data.taskToken }),
      ...command.batchItem,
      request,
      rollout: newRolloutResult({ from, class: inPlace?.class, at: now }),
    },
    deadlineMs,
    now,
  );
  const { operation, change } =
    cluster !== undefined && inPlace?.class === 'none'
      ? await buildInPlaceChange(begun, { cluster, inPlace, target }, ports)
      : { operation: begun, change: await buildChange(begun, cluster, ports) };
  const batchItems = command.batchItem === undefined ? [] : [{ ...command.batchItem, clusterId, operationId }];
  await commitWithSpec({ ...change, batchItems, ...keyFor(operationId) }, { operationId, planned }, ports);
  return { value: operation, version: 1, ...omitUndefined({ cluster: change.cluster?.value }) };
};

/** @throws Fault `revision-mismatch` */
const assertRevision = ({ data: { ifRevision }, clusterId }: RolloutCommand, cluster: Cluster | undefined): void => {
  if (ifRevision === undefined || ifRevision === cluster?.revision) return;
  const current = cluster?.revision === undefined ? 'has no revision' : `is at revision ${cluster.revision}`;
  throw new Fault('revision-mismatch', `Cluster ${clusterId ?? ''} ${current}, not at ${ifRevision}.`);
};

/** @throws Fault `malformed-request` */
const assertStableWithin = ({ request }: PlannedRollout, kind: RolloutKind): void => {
  if (parseDuration(request.data.options.stableWithin) <= maxStableWithinMs) return;
  const pointer = kind === 'apply' ? '/rollout/stableWithin' : '/stableWithin';
  const detail = 'A revision is watched for at most 1 d.';
  throw new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });
};

/** The records of a rollout: its operation, and the lock in the record of its cluster, if there is one. */
const buildChange = async (
  operation: StoredOperation,
  cluster: Versioned<Cluster> | undefined,
  ports: Ports,
): Promise<Change> => {
  const recorded = { value: operation, previous: undefined };
  if (cluster === undefined) return { operations: [recorded], events: listRolloutEvents(operation, { labels: {} }) };
  const { cluster: freed, operations, events, ...released } = await supersedeRollout(cluster.value, operation, ports);
  return {
    cluster: { value: withProgress(freed, operation, new Date(operation.createdAt)), previous: cluster.version },
    operations: [recorded, ...operations],
    events: [...listRolloutEvents(operation, cluster.value), ...events],
    ...released,
  };
};

interface GivenChange {
  readonly cluster: Versioned<Cluster>;
  readonly inPlace: Comparison;
  readonly target: NamedTarget;
}

/** The records of a change that nothing which runs takes part in. Its operation has ended with them. */
const buildInPlaceChange = async (
  begun: StoredOperation,
  { cluster, inPlace, target }: GivenChange,
  ports: Ports,
): Promise<{ readonly operation: StoredOperation; readonly change: Change }> => {
  const { cluster: freed, operations, events, ...released } = await supersedeRollout(cluster.value, begun, ports);
  const now = new Date(begun.createdAt);
  const revised = reviseInPlace(freed, { ...inPlace, target, now }, begun);
  const rollout = begun.rollout && { ...begun.rollout, to: revised.revision.number };
  const operation: StoredOperation = { ...begun, state: 'SUCCEEDED', ...omitUndefined({ rollout }) };
  return {
    operation,
    change: {
      cluster: { value: revised.cluster, previous: cluster.version },
      operations: [{ value: operation, previous: undefined }, ...operations],
      revisions: [{ value: revised.revision, previous: undefined }],
      events: [...listRolloutEvents(operation, revised.cluster), ...events],
      ...released,
    },
  };
};

interface SpecOptions {
  readonly operationId: string;
  readonly planned: PlannedRollout;
}

/** Stores the spec of an apply before its record, and removes it when nothing was recorded. */
const commitWithSpec = (
  change: Change,
  { operationId, planned: { applied } }: SpecOptions,
  ports: Ports,
): Promise<void> => {
  const storedSpec = openStoredSpec(ports);
  return recordWithSpec(storedSpec, async (onWrite) => {
    if (applied !== undefined) await storedSpec.put(operationId, applied);
    onWrite();
    await commit(change, ports);
  });
};

export const apply = newRolloutUseCase('apply');
export const rollback = newRolloutUseCase('rollback');
export const restart = newRolloutUseCase('restart');
export const suspend = newRolloutUseCase('suspend');
export const resume = newRolloutUseCase('resume');
