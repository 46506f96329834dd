import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { RolloutPhaseName, RolloutResult } from '#events/records/rollout.ts';
import { Fault } from '#events/problems/problem.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { findRolloutRequest, type RolloutRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import {
  enterPhase,
  isInRollout,
  isRolloutKind,
  listRolloutEvents,
  withProgress,
} from '#shared/clusters/model/rollout.ts';
import type { RolloutStep } from '#events/commands/index.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

/** The records of a rollout that is still in progress. */
export interface RolloutRecords {
  readonly operation: Versioned<StoredOperation> & { readonly rollout: RolloutResult };
  readonly request: RolloutRequest['data'];
  /** Undefined while the ID has no record. */
  readonly cluster: Versioned<Cluster> | undefined;
  /** What the commands of the rollout say about it. */
  readonly step: Pick<RolloutStep, 'operationId' | 'kind'>;
}

/** The records of a rollout. Undefined when it has ended, or another command has taken its place. */
export const readRollout = async (
  operationId: string,
  { store }: Pick<Ports, 'store'>,
): Promise<RolloutRecords | undefined> => {
  const operation = await getOperation(operationId, store);
  const { kind, rollout } = operation.value;
  const request = findRolloutRequest(operation.value);
  if (isTerminalOperation(operation.value)) return undefined;
  if (request === undefined || rollout === undefined || !isRolloutKind(kind))
    throw new Fault('internal', `Operation ${operationId} is no rollout.`);
  const cluster = await store.cluster(operation.value);
  // The record of a cluster that a rollout waits for may have expired.
  const isWaiting = cluster === undefined && request.data.waiting !== undefined;
  if (isWaiting || (cluster !== undefined && !isInRollout(cluster.value, operationId))) return undefined;
  return { operation: { ...operation, rollout }, request: request.data, cluster, step: { operationId, kind } };
};

interface PhaseChange {
  readonly fields?: Partial<RolloutResult>;
  /** What else changes in the same transaction, and what the rollout has to know about it later. */
  readonly changes?: (records: RolloutRecords) => Promise<
    Omit<Change, 'cluster' | 'operations' | 'events'> & {
      readonly request?: Pick<RolloutRequest['data'], 'capacity' | 'from'>;
    }
  >;
  /** What else changes in the cluster. */
  readonly update?: (cluster: Cluster) => Cluster;
}

/**
 * Records that the rollout is in a phase, in its operation and in its cluster.
 *
 * @returns Its records after that. Undefined when it has ended, or another command has taken its place.
 */
export const recordRolloutPhase = (
  operationId: string,
  phase: RolloutPhaseName,
  ports: Ports,
  { fields: given = {}, changes = async () => ({}), update = (cluster) => cluster }: PhaseChange = {},
): Promise<RolloutRecords | undefined> =>
  transact<RolloutRecords | undefined>(ports, async () => {
    const records = await readRollout(operationId, ports);
    if (records === undefined) return { result: undefined };
    const now = ports.now();
    const { operation, cluster } = records;
    const { request: known, ...written } = await changes(records);
    const request = { ...records.request, ...known };
    const rollout = { ...operation.rollout, ...enterPhase(operation.rollout, phase, now), ...given };
    const fields = { rollout, request: { kind: records.step.kind, data: request } };
    const next = transitionOperation(operation, { state: 'IN_PROGRESS', phase, fields }, now);
    const value = cluster === undefined ? undefined : withProgress(update(cluster.value), next.value, now);
    const isNew = rollout.phases.length > operation.rollout.phases.length;
    return {
      change: {
        ...written,
        operations: [next],
        ...(value === undefined || cluster === undefined ? {} : { cluster: { value, previous: cluster.version } }),
        events: isNew ? listRolloutEvents(next.value, value ?? { labels: {} }) : [],
      },
      result: {
        ...records,
        request,
        operation: { value: next.value, version: next.previous + 1, rollout },
        cluster: value === undefined || cluster === undefined ? undefined : { value, version: cluster.version + 1 },
      },
    };
  });
