import { type Cluster, isTerminalCluster } from '#events/cluster.ts';
import { isTerminalJob, type Job } from '#events/job.ts';
import { isTerminalOperation } from '#events/operation.ts';
import type { LifetimeWarning, Transition } from '#events/transitions.ts';
import { keepsFailedObjects, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { QueuedCommand } from '#shared/clusters/model/queue.ts';
import type { OutboxEvent, VerdictRecord } from '#shared/clusters/model/outbox.ts';
import { operationAnnotation } from '#shared/kubernetes/apply.ts';

import type { KubernetesObject } from './kubernetes.ts';
import type { Workload } from './workload.ts';
import type { ModelWorld } from './world.ts';

/** The detail of a stored event. */
const detailOf = <T extends OutboxEvent['detail']>(event: unknown) => (event as OutboxEvent).detail as T;

const clustersOf = ({ table }: ModelWorld) =>
  [...table.items].filter(([, { sk }]) => sk === 'cluster').map(([, { value }]) => value as Cluster);
const operationsOf = ({ table }: ModelWorld) =>
  [...table.items.values()].filter(({ sk }) => sk === 'operation').map(({ value }) => value as StoredOperation);
const verdictsOf = ({ table }: ModelWorld) =>
  [...table.items.values()]
    .filter(({ sk }) => sk === 'event#verdict')
    .map(({ value }) => detailOf<VerdictRecord>(value));
const holdersOf = ({ table }: ModelWorld) => table.values<QueuedCommand>('target#local/queue|admitted#');
const waitingIn = ({ table }: ModelWorld) => table.values<QueuedCommand>('target#local/queue|queued#');
const transitionsOf = ({ table }: ModelWorld) =>
  [...table.items.values()]
    .filter(({ sk }) => sk.startsWith('event#transition#'))
    .map(({ value }) => detailOf<Transition>(value));

/** Whether everything that was begun has come to an end of some kind. */
export const isAtRest = (world: ModelWorld): boolean =>
  world.isQuiet &&
  operationsOf(world).every((operation) => isTerminalOperation(operation) || mayWait(operation, world)) &&
  clustersOf(world).every((cluster) => isTerminalCluster(cluster) || mayLive(cluster)) &&
  holdersOf(world).every((claim) => mayHold(claim, world));

/** Whoever has an end comes to it. */
const mayLive = ({ state, lifetime }: Cluster): boolean =>
  state === 'QUEUED' || (state === 'RUNNING' && lifetime?.endsAt === undefined);

/** Somebody else has what it waits for. */
const mayWait = ({ state, kind, clusterId, operationId }: StoredOperation, world: ModelWorld): boolean => {
  if (state !== 'QUEUED' || !waitingIn(world).some((claim) => claim.operationId === operationId)) return false;
  if (kind === 'submit') return clustersOf(world).some((one) => one.clusterId === clusterId && one.state === 'QUEUED');
  return holdersOf(world).filter((claim) => claim.kind === 'deploy').length >= (world.mostClusters ?? Infinity);
};

/** What it was given for is there. */
const mayHold = ({ kind, clusterId, operationId }: QueuedCommand, world: ModelWorld): boolean => {
  if (kind === 'deploy')
    return clustersOf(world).some(
      (one) =>
        one.operationId === operationId &&
        (one.state === 'RUNNING' || (isLeftToLookAt(one, world) && one.lifetime?.endsAt === undefined)),
    );
  const job = world.table.items.get(`target#local/cluster#${clusterId}|job#${operationId}`)?.['value'] as
    | Job
    | undefined;
  return job !== undefined && !isTerminalJob(job);
};

/** Its deploy failed, and was to keep what it had created. */
const isLeftToLookAt = ({ clusterId, operationId, state, stopOperationId }: Cluster, world: ModelWorld): boolean => {
  const operation = operationsOf(world).find((one) => one.operationId === operationId);
  const deployment = world.kubernetes.objects.get(`Deployment/${clusterId}`);
  const holdsResources = deployment !== undefined && operationIn(deployment) === operationId;
  return (
    state === 'FAILED' &&
    stopOperationId === undefined &&
    holdsResources &&
    operation !== undefined &&
    keepsFailedObjects(operation)
  );
};

/** How the operations ended, and in which states the clusters are: what a schedule has reached. */
export const reachedBy = (world: ModelWorld): readonly string[] => [
  ...operationsOf(world).map(({ kind, state }) => `${kind} ${state}`),
  ...clustersOf(world).map(({ mode, state }) => `${mode} ${state}`),
  ...transitionsOf(world)
    .filter(({ to, reason }) => to === 'STOPPING' && reason === 'LifetimeEnded')
    .map(() => 'lifetime ended'),
  ...world.warnings.map(() => 'lifetime warned'),
  ...operationsOf(world).flatMap(({ restoredJobs = [], state }) =>
    restoredJobs.map(() => `job restored, deploy ${state}`),
  ),
];

const isGone = ({ from, to }: Transition) =>
  ['STOPPED', 'FINISHED', 'CANCELED'].includes(to) || (from === 'STOPPING' && to === 'FAILED');

/** Nothing ends before its time, as its record has it in that moment. */
const endedInTime = ({ clusterId, at }: Transition, world: ModelWorld): readonly string[] => {
  const cluster = clustersOf(world).find((one) => one.clusterId === clusterId);
  const endsAt = cluster?.lifetime?.endsAt;
  return endsAt !== undefined && endsAt <= at
    ? []
    : [`${clusterId} was ended at ${at}, and lives until ${endsAt ?? 'it is stopped'}`];
};

/** What a transition claims has to be so in that moment. */
export const provenNow = (transition: Transition, world: ModelWorld): readonly string[] => {
  if (transition.subject === 'cluster' && transition.reason === 'LifetimeEnded' && transition.to === 'STOPPING')
    return endedInTime(transition, world);
  if (transition.subject !== 'cluster' || !isGone(transition)) return [];
  const cluster = clustersOf(world).find(({ clusterId }) => clusterId === transition.clusterId);
  if (transition.from === 'STOPPING' && holdersOf(world).some((claim) => claim.operationId === cluster?.operationId))
    return [`${transition.clusterId} is ${transition.to}, and holds its place on`];
  const deployment = world.kubernetes.objects.get(`Deployment/${transition.clusterId}`);
  return deployment !== undefined && operationIn(deployment) === cluster?.operationId
    ? [`${transition.clusterId} is ${transition.to} while its Deployment is there`]
    : [];
};

/** An operation makes one cluster. What it still makes when it is over has to be gone before anything is recorded as gone. */
export const mayBeCreated = (
  deployment: KubernetesObject,
  created: Map<string, number>,
  world: ModelWorld,
): readonly string[] => {
  const operationId = operationIn(deployment) ?? '';
  const operation = operationsOf(world).find((known) => known.operationId === operationId);
  if (operation !== undefined && isTerminalOperation(operation)) return [];
  const there = [...world.kubernetes.objects.values()].filter(
    (object) => object.kind === 'Deployment' && operationIn(object) !== undefined,
  ).length;
  if (there > (world.mostClusters ?? Infinity))
    return [`${there} clusters are there, and there may be ${world.mostClusters}`];
  const unmet = unmetBy(operationId, world);
  if (unmet.length > 0) return [`operation ${operationId} was started before ${unmet.join(' and ')} FINISHED`];
  const times = (created.get(operationId) ?? 0) + 1;
  created.set(operationId, times);
  return times > 1 ? [`operation ${operationId} created its Deployment ${times} times`] : [];
};

const unmetBy = (operationId: string, world: ModelWorld): readonly string[] => {
  const claim = holdersOf(world).find((one) => one.operationId === operationId);
  return (claim?.dependsOn ?? []).filter((key) => {
    const awaited = world.table.items.get(`idempotency#local#${key}|idempotency`)?.['operationId'];
    return !verdictsOf(world).some((one) => one.operationId === awaited && one.verdict === 'FINISHED');
  });
};

/** Drey ends only what it was asked to end. */
export const mayBeDeleted = (deployment: KubernetesObject, world: ModelWorld): readonly string[] => {
  const { name } = deployment.metadata;
  const operationId = operationIn(deployment);
  if (operationId === undefined) return [`somebody else's Deployment ${name} was deleted`];
  const cluster = clustersOf(world).find(({ clusterId }) => clusterId === name);
  return cluster?.operationId === operationId && ['DEPLOYING', 'RUNNING'].includes(cluster.state)
    ? [`the Deployment of ${name} was deleted while it is ${cluster.state}`]
    : [];
};

/** What has to hold at the end, whatever happened. */
export const violationsAtRest = (
  world: ModelWorld,
  { commands }: Workload,
  byHand: ReadonlySet<string>,
): readonly string[] => [
  ...(isAtRest(world) ? [] : unrest(world)),
  ...effects(world, commands, byHand),
  ...numbers(world),
  ...objects(world),
  ...records(world, byHand),
  ...verdicts(world),
  ...lifetimes(world),
  ...restored(world),
];

/** An end comes once to each life of a cluster, and each warning once to the store and at least once to the bus. */
const lifetimes = (world: ModelWorld) => {
  const warnings = [...world.table.items.values()]
    .filter(({ sk }) => sk.startsWith('event#warning#'))
    .map(({ value }) => detailOf<LifetimeWarning>(value));
  const told = new Set(world.warnings.map(({ id }) => id));
  const lost = warnings.map(({ id }) => id).filter((id) => !told.has(id));
  const versions = warnings.map((one) => `${one.operationId}/${one.version}`);
  return [
    ...lost.map((id) => `the bus was not told ${id}`),
    ...versions.filter((one, index) => versions.indexOf(one) !== index).map((one) => `${one} was told of twice`),
    ...endsOf(world),
  ];
};

const endsOf = (world: ModelWorld) =>
  clustersOf(world).flatMap(({ clusterId }) => {
    const ended = transitionsOf(world)
      .filter((one) => one.clusterId === clusterId && one.subject === 'cluster')
      .toSorted((one, other) => one.sequence - other.sequence)
      .map(({ to, reason }) =>
        to === 'REQUESTED' ? 'begins' : to === 'STOPPING' && reason === 'LifetimeEnded' ? 'ends' : '',
      )
      .filter((word) => word !== '');
    return ended.some((word, index) => word === 'ends' && ended[index + 1] === 'ends')
      ? [`one life of ${clusterId} was ended twice`]
      : [];
  });

/** Each command that is over for good was told so, and never in two ways. */
const verdicts = (world: ModelWorld) => {
  const stored = new Map(verdictsOf(world).map((record) => [record.operationId, record.verdict]));
  const needed = operationsOf(world).filter(
    ({ kind, state }) =>
      state === 'FAILED' ||
      state === 'CANCELED' ||
      (isTerminalOperation({ state }) && ['cancel', 'stop'].includes(kind)),
  );
  const over = clustersOf(world).filter((cluster) => isTerminalCluster(cluster));
  return [
    ...[...needed, ...over]
      .filter(({ operationId }) => !stored.has(operationId))
      .map(({ operationId }) => `operation ${operationId} has no verdict`),
    ...[...stored].flatMap(([operationId, verdict]) => {
      const told = new Set(world.finished.filter((one) => one.operationId === operationId).map((one) => one.verdict));
      return told.size === 1 && told.has(verdict)
        ? []
        : [`operation ${operationId} is ${verdict}, and the bus was told ${[...told].join(' and ') || 'nothing'}`];
    }),
  ];
};

const unrest = (world: ModelWorld) => [
  ...holdersOf(world)
    .filter((claim) => !mayHold(claim, world))
    .map(({ kind, clusterId }) => `a ${kind} of ${clusterId} holds its place for ever`),
  ...operationsOf(world)
    .filter((operation) => !isTerminalOperation(operation) && !mayWait(operation, world))
    .map(({ kind, clusterId, state }) => `the ${kind} of ${clusterId} stays ${state}`),
  ...clustersOf(world)
    .filter((cluster) => !isTerminalCluster(cluster) && !mayLive(cluster))
    .map(
      ({ clusterId, state, lifetime }) => `${clusterId} stays ${state}, and ends at ${lifetime?.endsAt ?? 'no time'}`,
    ),
  ...(world.isQuiet ? [] : ['messages, executions or transitions are still on their way']),
];

const effects = (world: ModelWorld, commands: Workload['commands'], byHand: ReadonlySet<string>) => {
  const found: string[] = [];
  for (const [jobId, times] of world.kubernetes.runs)
    if (times > 1 && byHand.size === 0) found.push(`job ${jobId} was begun ${times} times`);
  for (const jobId of world.kubernetes.tooEarly)
    found.push(`a savepoint of job ${jobId} was asked for while its tasks did not run`);
  const counts = new Map<string, number>();
  const restored = restoredIn(world);
  for (const { operationId, kind, clusterId, origin } of operationsOf(world))
    if (origin !== 'reconciler' && origin !== 'schedule' && !restored.has(operationId))
      counts.set(`${kind} ${clusterId}`, (counts.get(`${kind} ${clusterId}`) ?? 0) + 1);
  for (const [what, count] of counts)
    if (count > (commands.get(what) ?? 0))
      found.push(`${count} operations for ${commands.get(what) ?? 0} commands: ${what}`);
  return found;
};

const restoredIn = (world: ModelWorld): ReadonlySet<string> =>
  new Set(operationsOf(world).flatMap(({ restoredJobs = [] }) => restoredJobs.map(({ jobId }) => jobId)));

/** A session that came up has submitted every job that it was to start again. */
const restored = (world: ModelWorld) => {
  const submits = new Set(operationsOf(world).map(({ operationId }) => operationId));
  return operationsOf(world)
    .filter(({ state }) => state === 'SUCCEEDED')
    .flatMap(({ clusterId, restoredJobs = [] }) =>
      restoredJobs
        .filter(({ jobId }) => !submits.has(jobId))
        .map(({ formerJobId }) => `${clusterId} did not start job ${formerJobId} again`),
    );
};

/** Each number once and without holes in the store; each at least once, in order, on the bus. */
const numbers = (world: ModelWorld) =>
  clustersOf(world).flatMap(({ clusterId, sequence }) => {
    const stored = transitionsOf(world)
      .filter((transition) => transition.clusterId === clusterId)
      .map(({ sequence }) => sequence)
      .toSorted((one, other) => one - other);
    const seen = [
      ...new Set(world.bus.filter((event) => event.clusterId === clusterId).map(({ sequence }) => sequence)),
    ];
    const wanted = Array.from({ length: sequence }, (_, index) => index + 1);
    return [
      ...(String(stored) === String(wanted)
        ? []
        : [`${clusterId} has the transitions ${String(stored)} of ${sequence}`]),
      ...(String(seen) === String(wanted) ? [] : [`the bus saw ${String(seen)} of ${sequence} of ${clusterId}`]),
    ];
  });

/** No object without a record that it belongs to. */
const objects = (world: ModelWorld) => {
  const clusters = new Map(clustersOf(world).map((cluster) => [cluster.clusterId, cluster]));
  const uids = new Set([...world.kubernetes.objects.values()].map(({ metadata }) => metadata.uid));
  return [...world.kubernetes.objects.values()].flatMap((object) => {
    const { kind, metadata } = object;
    const owner = operationIn(object);
    if (kind === 'Deployment') {
      if (owner === undefined) return [];
      const cluster = clusters.get(metadata.name);
      return cluster?.operationId === owner &&
        (isLeftToLookAt(cluster, world) || (cluster.state === 'RUNNING' && cluster.uid === metadata.uid))
        ? []
        : [
            `Deployment ${metadata.name} of operation ${owner} has no record: the cluster is ${cluster?.state ?? 'unknown'}`,
          ];
    }
    return metadata.ownerReferences.length === 0 || metadata.ownerReferences.some(({ uid }) => uids.has(uid))
      ? []
      : [`${kind} ${metadata.name} is left behind`];
  });
};

/** Whether a stop of some life of the id asked for its data to stay, or another life of it failed: a session leaves its data. */
const isToStay = ({ clusterId, operationId }: Cluster, operations: ReadonlyMap<string, StoredOperation>) =>
  [...operations.values()]
    .filter((one) => one.clusterId === clusterId)
    .some(
      ({ operationId: other, kind, state, request }) =>
        (kind === 'deploy' && state === 'FAILED' && other !== operationId) ||
        (request?.kind === 'stop' && request.data.ha === 'keep'),
    );

/** No record of what is not there, and no end without its traces gone. */
const records = (world: ModelWorld, byHand: ReadonlySet<string>) => {
  const operations = new Map(operationsOf(world).map((operation) => [operation.operationId, operation]));
  return clustersOf(world).flatMap((cluster) => {
    const { clusterId, state, mode } = cluster;
    const deployment = world.kubernetes.objects.get(`Deployment/${clusterId}`);
    if (state === 'RUNNING')
      return deployment?.metadata.uid === cluster.uid ? [] : [`${clusterId} is RUNNING without its Deployment`];
    const stop = operations.get(cluster.stopOperationId ?? '');
    const asked = stop?.request?.kind === 'stop' ? stop.request.data.ha : undefined;
    const isOver = mode === 'application' && (state === 'FINISHED' || state === 'FAILED');
    const purged =
      (stop?.state === 'SUCCEEDED' && asked === 'purge') ||
      (isOver && !isLeftToLookAt(cluster, world) && !isToStay(cluster, operations));
    const kept = world.kubernetes.objects.has(`ConfigMap/${clusterId}-cluster-config-map`);
    return purged && kept && byHand.size === 0
      ? [`${clusterId} is ${state}, and its high-availability data is left`]
      : [];
  });
};

const operationIn = ({ metadata }: KubernetesObject): string | undefined => metadata.annotations[operationAnnotation];
