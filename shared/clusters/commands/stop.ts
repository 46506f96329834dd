import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Command, RolloutStep, StopData } from '#events/commands/index.ts';
import { isTerminalJob } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { dreyPrincipals, type Principal } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import { supersedeRollout } from '#shared/clusters/commands/rollouts/supersede.ts';
import { isStartingCluster } from '#shared/clusters/model/cluster-states.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import {
  computeCreatesUntil,
  newOperation,
  toCaller,
  type StoredOperation,
  transitionOperation,
} from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { findRequest, type RequestOf } from '#shared/clusters/model/records/request.ts';
import { isInRollout, newLeftRolloutFault } from '#shared/clusters/model/rollout.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';

import { assertExpected, assertSavepointDirectory } from './assertions.ts';
import type { KeyFor, RecordedOperation, UseCase } from './use-case.ts';

/** Savepoints of large state take long, and pods end gracefully. */
const deadlineMs = 30 * 60_000;
/** A job ends with a savepoint in progress whenever Flink completes it, so that a rollout waits for it. */
const rolloutDeadlineMs = 4 * 3_600_000;

export const stop: UseCase<'stop'> = {
  async record(command, keyFor, ports) {
    const { target, clusterId, data, expected, rollout } = command;
    await ports.targets.get(target);
    const cluster = await getCluster({ target, clusterId: clusterId ?? '' }, ports.store);
    assertExpected(cluster.value, expected);
    assertInRollout(cluster.value, rollout);
    assertNotStopped(cluster.value, rollout);
    const running = await findRunningStop(cluster.value, ports.store);
    if (running !== undefined) {
      // The rollout gives its stop again.
      if (rollout !== undefined) return running;
      assertSavepointTaken(running.value, data);
      // The stop of a rollout takes the place of any other stop. Without the rollout it ends as one.
      if (cluster.value.rollout === undefined) assertSameOptions(cluster.value, running.value, data);
      const { cluster: freed, ...ended } = await supersedeRollout(cluster.value, running.value, ports);
      const change = freed === cluster.value ? {} : { cluster: { value: freed, previous: cluster.version }, ...ended };
      // Both callers wait for the same stop.
      await commit({ ...change, ...keyFor(running.value.operationId) }, ports);
      return running;
    }
    assertSavepointPossible(cluster.value, data);
    await assertDirectoryOfSavepoints(cluster.value, command, ports.store);
    return recordStop(cluster, command, { keyFor, ports });
  },

  async advance({ value }, _command, { workflows }) {
    await workflows.start('cleanup', value);
    return value;
  },
};

/** @throws Fault `superseded` when another command has taken the place of the rollout that gives the stop. */
const assertInRollout = (cluster: Cluster, rollout: RolloutStep | undefined): void => {
  if (rollout === undefined || rollout.isRepeated === true || isInRollout(cluster, rollout.operationId)) return;
  throw newLeftRolloutFault(cluster);
};

/**
 * A stop removes the remaining objects of a FAILED cluster, and a rollout stops a cluster whose queued deploy was canceled.
 *
 * @throws Fault `wrong-state` for other terminal clusters.
 */
const assertNotStopped = (cluster: Cluster, rollout: RolloutStep | undefined): void => {
  if (!isTerminalCluster(cluster) || cluster.state === 'FAILED') return;
  if (rollout !== undefined && cluster.state === 'CANCELED') return;
  const { clusterId, target, state } = cluster;
  throw new Fault('wrong-state', `Cluster ${clusterId} in target ${target} is already ${state}.`);
};

const findRunningStop = async (
  { state, stopOperationId }: Cluster,
  store: Store,
): Promise<Versioned<StoredOperation> | undefined> => {
  if (state !== 'STOPPING' || stopOperationId === undefined) return undefined;
  const operation = await getOperation(stopOperationId, store);
  return isTerminalOperation(operation.value) ? undefined : operation;
};

/**
 * A stop joins a running stop with the same options. It also joins the stop of an application whose program has ended,
 * because there is no state left to save.
 *
 * @throws Fault `wrong-state`
 */
const assertSameOptions = ({ mode }: Cluster, running: StoredOperation, data: StopData): void => {
  const options = findRequest(running, 'stop')?.data;
  const hasEnded = mode === 'application' && running.origin === 'reconciler';
  if (hasEnded || (options?.savepoint === data.savepoint && options.ha === data.ha)) return;
  throw newOtherOptionsFault(running, 'repeat the stop with the options of that operation');
};

const newOtherOptionsFault = ({ operationId, clusterId, target }: StoredOperation, wayOut: string) =>
  new Fault(
    'wrong-state',
    `Operation ${operationId} is stopping cluster ${clusterId} in target ${target} with other options. Wait for its end, or ${wayOut}.`,
    { operationId },
  );

/** A stop with required savepoints does not join the stop of a rollout that takes none. @throws Fault `wrong-state` */
const assertSavepointTaken = (running: StoredOperation, { savepoint }: StopData): void => {
  const request = findRequest(running, 'stop');
  if (savepoint === 'required' && request?.rollout !== undefined && request.data.savepoint === 'none')
    throw newOtherOptionsFault(running, 'stop without a required savepoint');
};

/** @throws Fault `not-ready` while it is unknown whether the cluster has state to save. */
const assertSavepointPossible = (cluster: Cluster, { savepoint }: StopData): void => {
  if (savepoint !== 'required' || !isStartingCluster(cluster)) return;
  const { clusterId, target, state } = cluster;
  throw new Fault(
    'not-ready',
    `Cluster ${clusterId} in target ${target} is ${state}. Retry when it is RUNNING, or stop it without a required savepoint.`,
    { retryAfterSeconds: 5 },
  );
};

/**
 * A cluster without live jobs needs no savepoint. A stop of Drey itself has no caller who could name a directory: its
 * failure is recorded in the cluster.
 *
 * @throws Fault `malformed-request`
 */
const assertDirectoryOfSavepoints = async (
  cluster: Cluster,
  { data: { savepoint, savepointDirectory: directory }, principal }: Command<'stop'>,
  store: Store,
): Promise<void> => {
  const isOwn = Object.values<Principal>(dreyPrincipals).includes(principal);
  if (isOwn || savepoint !== 'required' || cluster.state !== 'RUNNING') return;
  const jobs = selectIncarnationJobs(cluster, await store.jobs(cluster));
  if (jobs.some((job) => !isTerminalJob(job)))
    assertSavepointDirectory(cluster, { directory, pointer: '/savepointDirectory' });
};

const recordStop = async (
  { value: cluster, version }: Versioned<Cluster>,
  { data, rollout, ...command }: Command<'stop'>,
  { keyFor, ports }: { readonly keyFor: KeyFor; readonly ports: Ports },
): Promise<RecordedOperation> => {
  const { target, clusterId, state, operationId: deployId } = cluster;
  const now = ports.now();
  const operationId = ports.newId();
  const deploy = await ports.store.operation(deployId);
  const createsUntil = findCreatesUntil(state, deploy?.value, now);
  const request = { kind: 'stop' as const, data, ...toRolloutRequest(rollout), ...omitUndefined({ createsUntil }) };
  const messageToken = ports.newToken();
  const isLong = rollout?.end !== undefined && data.savepoint !== 'none';
  const fields = { operationId, kind: 'stop' as const, target, clusterId, ...toCaller(command), messageToken, request };
  const operation = newOperation(fields, isLong ? rolloutDeadlineMs : deadlineMs, now);
  const next =
    state === 'STOPPING'
      ? { cluster, events: [] }
      : transitionCluster(cluster, 'STOPPING', {
          at: now,
          operationId,
          principal: command.principal,
          reason: data.reason,
        });
  const {
    cluster: freed,
    operations,
    events,
    ...released
  } = rollout === undefined
    ? await supersedeRollout(next.cluster, operation, ports)
    : { cluster: next.cluster, operations: [], events: [] };
  const stopping = { ...freed, stopOperationId: operationId };
  await commit(
    {
      cluster: { value: stopping, previous: version },
      operations: [{ value: operation, previous: undefined }, ...supersedeDeploy(deploy, operation), ...operations],
      events: [...next.events, ...events],
      ...released,
      ...keyFor(operationId),
    },
    ports,
  );
  // A deploy that was queued has a stored payload.
  if (state === 'QUEUED' || state === 'REQUESTED') await ports.payloads.remove(deployId);
  return { value: operation, version: 1, cluster: stopping };
};

/** What the end of the stop needs to know of its rollout. */
const toRolloutRequest = (rollout: RolloutStep | undefined): Pick<RequestOf<'stop'>, 'rollout'> =>
  rollout?.end === undefined
    ? {}
    : {
        rollout: {
          operationId: rollout.operationId,
          end: rollout.end,
          ...omitUndefined({
            requiresSnapshot: rollout.requiresSnapshot,
            lastState: rollout.lastState,
            hasFallback: rollout.hasFallback,
            snapshot: rollout.snapshot,
            jobsFrom: rollout.jobsFrom,
          }),
        },
      };

/** Until when the API server may still create objects of a deploy: it is in flight, or sent its creation twice. */
const findCreatesUntil = (
  state: Cluster['state'],
  deploy: StoredOperation | undefined,
  now: Date,
): string | undefined => {
  if (state === 'REQUESTED') return computeCreatesUntil(now);
  return deploy === undefined ? undefined : findRequest(deploy, 'deploy')?.createsUntil;
};

/** Cancels the deploy of the cluster, if it has not ended. */
const supersedeDeploy = (
  deploy: Versioned<StoredOperation> | undefined,
  stopOperation: StoredOperation,
): NonNullable<Change['operations']> => {
  if (deploy === undefined || isTerminalOperation(deploy.value)) return [];
  const { operationId, createdAt } = stopOperation;
  const fault = new Fault('superseded', `Operation ${operationId} stopped the cluster before it was RUNNING.`);
  return [transitionOperation(deploy, { state: 'CANCELED', fault }, new Date(createdAt))];
};
