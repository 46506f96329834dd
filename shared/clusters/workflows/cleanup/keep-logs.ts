import type { Cluster } from '#events/records/cluster.ts';
import { toLogsEvent } from '#events/records/transitions.ts';
import { keepLogs } from '#shared/clusters/logs/keep-logs.ts';
import { within } from '#shared/clusters/logs/within.ts';
import { withCondition } from '#shared/clusters/model/cluster.ts';
import { describeKept, describeNotKept, type LogsCondition, nothingToKeep } from '#shared/clusters/model/kept-logs.ts';
import { keepsFailedObjects } from '#shared/clusters/model/operation.ts';
import { logFailure } from '#shared/clusters/ports/failures.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import { type CleanupRecords, type CleanupState, isSuccessfulDeploy, readRecords, toIdentity } from './cleanup.ts';
import { getIncarnation } from './remove-objects.ts';

/** The state machine ends the step after 10 s. */
const maxMs = 9_000;

/**
 * Step of the cleanup machine: keeps the logs of the incarnation before its objects are removed, and records whether they are
 * kept. It succeeds always, because no end depends on it.
 */
export const keepLogsOfEnd = async (state: CleanupState, ports: Ports): Promise<CleanupState> => {
  try {
    await within(maxMs, ports.signal, (signal) => keepAndRecord(state, ports.withSignal(signal)));
  } catch (error) {
    const { operationId } = state;
    logFailure({ message: 'result of keeping logs not recorded', error, fields: { operationId }, log: ports.log });
  }
  return toIdentity(state);
};

const keepAndRecord = async (state: CleanupState, ports: Ports): Promise<void> => {
  const records = await readRecords(state, ports);
  const { value: operation } = records.operation;
  if (keepsFailedObjects(operation) || isSuccessfulDeploy(operation)) return;
  const condition = await keep(records, ports);
  if (condition !== undefined) await record(records, condition, ports);
};

/** Undefined when nothing has changed: an earlier end of the same incarnation had kept what there was. */
const keep = async (records: CleanupRecords, ports: Ports): Promise<LogsCondition | undefined> => {
  const { operationId: endedBy, target, clusterId } = records.operation.value;
  const incarnation = getIncarnation(records);
  try {
    const index = await keepLogs({ clusterId, incarnation, endedBy }, await ports.targets.get(target), ports);
    if (index === undefined) return nothingToKeep;
    return index.endedBy === endedBy ? describeKept(index) : undefined;
  } catch (error) {
    logFailure({ message: 'logs not kept', error, fields: { target, clusterId }, log: ports.log });
    return describeNotKept(error);
  }
};

/** Records the result on the cluster, with its event. A later deploy may have taken the ID: its record is not changed. */
const record = (records: CleanupRecords, { condition, files, bytes }: LogsCondition, ports: Ports): Promise<void> => {
  const {
    operation: { value: operation },
    cluster: known,
  } = records;
  const incarnation = getIncarnation(records);
  let unused: CleanupRecords['cluster'] | undefined = known;
  return transact(ports, async () => {
    const { value, version } = unused ?? (await getCluster(operation, ports.store));
    unused = undefined; // After a concurrent write it is read again.
    const now = ports.now();
    const next = value.operationId === incarnation.operationId ? withCondition(value, condition, now) : value;
    if (next === value) return { result: undefined };
    const { target, clusterId, operationId, labels } = value;
    const { status, reason, message } = condition;
    const at = now.toISOString();
    const event = toLogsEvent({
      id: `targets/${target}/clusters/${clusterId}/logs/${operationId}/${at}`,
      target,
      clusterId,
      operationId,
      principal: operation.principal,
      kept: status === 'True',
      reason,
      message,
      files,
      bytes,
      labels,
      at,
    });
    const cluster: Cluster = { ...next, updatedAt: value.updatedAt }; // The logs do not change the state.
    return { change: { cluster: { value: cluster, previous: version }, events: [event] }, result: undefined };
  });
};
