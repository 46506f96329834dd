import type { Cluster } from '#events/records/cluster.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import type { RolloutKind, RolloutProgress } from '#events/records/rollout.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { assertDeadlineAhead } from '#shared/clusters/admission/queued-command.ts';
import { openStoredSpec, recordWithSpec } from '#shared/clusters/commands/deploy/stored-spec.ts';
import type { KeyFor, RecordedOperation, UseCase } from '#shared/clusters/commands/use-case.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { newOperation, type StoredOperation, toCaller } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { findRolloutRequest } from '#shared/clusters/model/records/request.ts';
import { endsRollouts, newWaitingResult } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords } from '#shared/clusters/ports/store.ts';
import { listKeptRevisions } from '#shared/clusters/store/revisions.ts';
import { commit } from '#shared/clusters/store/transact.ts';
import { parseDuration } from '#shared/flink/syntax.ts';

import { beginRollout, newPlannedResult, queueRollout } from './begin.ts';
import { rolloutDeadlineMs } from './deadlines.ts';
import { type RolloutCommand, type RolloutIntent, toIntent, toWaitingRequest } from './intent.ts';
import { assertModeKept, assertRestartable, findLock, findSource, planRollout } from './plan-rollout.ts';
import { findRollbackTarget } from './rollback-target.ts';

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
  const intent = toIntent(command);
  assertDeadlineAhead(intent.deadline, ports.now());
  const records = await ports.store.clusterWithJobs({ target: name, clusterId });
  const operationId = ports.newId();
  const newRollout = (fields: Pick<StoredOperation, 'request' | 'rollout' | 'phase' | 'warnings'>) =>
    newOperation(
      {
        operationId,
        kind,
        target: name,
        clusterId,
        ...toCaller(command),
        messageToken: ports.newToken(),
        ...omitUndefined({ correlationId: command.data.correlationId, taskToken: command.data.taskToken }),
        ...command.batchItem,
        ...fields,
      },
      rolloutDeadlineMs,
      ports.now(),
    );
  const lock = findLock(records?.cluster.value);
  const { operation, change } =
    records === undefined || lock === undefined
      ? await begin(intent, { target, records, operationId }, { newRollout, ports })
      : await queueBehind(intent, { target, cluster: records.cluster, lock }, { newRollout, ports });
  const batchItems = command.batchItem === undefined ? [] : [{ ...command.batchItem, clusterId, operationId }];
  await commitWithSpec({ ...change, batchItems, ...keyFor(operationId) }, { operationId, spec: intent.spec }, ports);
  return { value: operation, version: 1, ...omitUndefined({ cluster: change.cluster?.value }) };
};

interface Place {
  readonly target: NamedTarget;
  readonly records: ClusterRecords | undefined;
  readonly operationId: string;
}

interface Recording {
  readonly newRollout: (fields: Pick<StoredOperation, 'request' | 'rollout' | 'phase' | 'warnings'>) => StoredOperation;
  readonly ports: Ports;
}

const begin = async (intent: RolloutIntent, place: Place, { newRollout, ports }: Recording) => {
  const { target, records } = place;
  const cluster = records?.cluster;
  const planned = await planRollout(intent, place, ports);
  const rollout = newPlannedResult(planned, { revision: cluster?.value.revision, at: ports.now() });
  const warnings = planned.warnings.length === 0 ? {} : { warnings: [...planned.warnings] };
  const operation = { value: newRollout({ request: planned.request, rollout, ...warnings }), previous: undefined };
  return beginRollout({ operation, cluster, planned, target }, ports);
};

interface LockedPlace {
  readonly target: NamedTarget;
  readonly cluster: Versioned<Cluster>;
  readonly lock: RolloutProgress;
}

/**
 * The rollout waits for another one. What depends on the state of the cluster is checked when that has ended. But what a
 * rollback goes back to is what its caller sees now.
 */
const queueBehind = async (
  given: RolloutIntent,
  { target, cluster, lock }: LockedPlace,
  { newRollout, ports }: Recording,
) => {
  const { clusterId } = given;
  const now = ports.now();
  const back = given.kind === 'rollback' ? await findTarget(given, cluster.value, ports) : undefined;
  const spec = back?.spec ?? given.spec;
  if (spec !== undefined) assertRestartable(spec, { clusterId, target, now });
  const intent = { ...given, ...omitUndefined({ to: back?.revision.number }) };
  const phase = await describeWait(lock, intent, ports);
  const operation = newRollout({ request: toWaitingRequest(intent), rollout: newWaitingResult(now), phase });
  return queueRollout(operation, cluster, ports);
};

/** What a rollback goes back to. It may end the rollout in progress, so that it has to be possible. @throws Fault */
const findTarget = async (intent: RolloutIntent, cluster: Cluster, ports: Ports) => {
  const kept = await listKeptRevisions(cluster, ports);
  const earlier = await findRollbackTarget(intent, { cluster, kept }, ports);
  const source = await findSource(intent, { cluster, earlier }, ports);
  if (source !== undefined) assertModeKept(source.spec, cluster, intent.options);
  return source;
};

/** What a rollout waits for, and until when the revision of that one is watched. */
const describeWait = async (
  { operationId, kind, phase, phases }: RolloutProgress,
  { kind: waiting, ifRevision }: RolloutIntent,
  { store }: Pick<Ports, 'store'>,
): Promise<string> => {
  const what = `waiting for the ${kind} ${operationId}`;
  if (phase !== 'RollingBack' && endsRollouts({ waiting, ifRevision, kind }))
    return `${what}, which it ends${phase === 'Snapshotting' ? ' when its revision starts' : ''}`;
  const operation = phase === 'Verifying' ? await store.operation(operationId) : undefined;
  const stableWithin = operation && findRolloutRequest(operation.value)?.data.options.stableWithin;
  const began = phases.at(-1)?.at;
  if (stableWithin === undefined || began === undefined) return `${what} (${phase})`;
  const until = new Date(Date.parse(began) + parseDuration(stableWithin)).toISOString();
  return `${what} (${phase} until ${until})`;
};

interface SpecOptions {
  readonly operationId: string;
  readonly spec: RevisionSpec | undefined;
}

/** Stores the spec of an apply before its record, and removes it when nothing was recorded. */
const commitWithSpec = (change: Change, { operationId, spec }: SpecOptions, ports: Ports): Promise<void> => {
  const storedSpec = openStoredSpec(ports);
  return recordWithSpec(storedSpec, async (onWrite) => {
    if (spec !== undefined) await storedSpec.put(operationId, spec);
    onWrite();
    await commit(change, ports);
  });
};

export const apply = newRolloutUseCase('apply');
export const rollback = newRolloutUseCase('rollback');
export const restart = newRolloutUseCase('restart');
export const suspend = newRolloutUseCase('suspend');
export const resume = newRolloutUseCase('resume');
