import type { Cluster } from '#events/records/cluster.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import type { RolloutKind, RolloutProgress } from '#events/records/rollout.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { openStoredSpec, recordWithSpec } from '#shared/clusters/commands/deploy/stored-spec.ts';
import type { KeyFor, RecordedOperation, UseCase } from '#shared/clusters/commands/use-case.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { newOperation, type StoredOperation, toCaller } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { newRolloutResult, newWaitingResult } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords } from '#shared/clusters/ports/store.ts';
import { commit } from '#shared/clusters/store/transact.ts';

import { beginRollout, queueRollout } from './begin.ts';
import { rolloutDeadlineMs } from './deadlines.ts';
import { type RolloutCommand, type RolloutIntent, toIntent, toWaitingRequest } from './intent.ts';
import { assertRestartable, findLock, planRollout } from './plan-rollout.ts';

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
  const { request, inPlace } = planned;
  const from = request.data.from === undefined ? undefined : cluster?.value.revision;
  const rollout = newRolloutResult({ from, class: inPlace?.class, at: ports.now() });
  const warnings = planned.warnings.length === 0 ? {} : { warnings: [...planned.warnings] };
  const operation = { value: newRollout({ request, rollout, ...warnings }), previous: undefined };
  return beginRollout({ operation, cluster, planned, target }, ports);
};

interface LockedPlace {
  readonly target: NamedTarget;
  readonly cluster: Versioned<Cluster>;
  readonly lock: RolloutProgress;
}

/** The rollout waits for another one. What depends on the state of the cluster is checked when that has ended. */
const queueBehind = (
  intent: RolloutIntent,
  { target, cluster, lock }: LockedPlace,
  { newRollout, ports }: Recording,
) => {
  const { spec, clusterId } = intent;
  const now = ports.now();
  if (spec !== undefined) assertRestartable(spec, { clusterId, target, now });
  const phase = `waiting for rollout ${lock.operationId}`;
  const operation = newRollout({ request: toWaitingRequest(intent), rollout: newWaitingResult(now), phase });
  return queueRollout(operation, cluster, ports);
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
