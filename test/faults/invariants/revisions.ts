import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { withOutcome } from '#shared/clusters/model/revision.ts';
import type { Simulation } from '#test/faults/simulation.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { listClusters, listOperations, listTransitions, listVerdicts } from './stored.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The maintenance runs once an hour, at this minute. */
const minutesOfHour = 50;
/** The lifecycle rule of the bucket. */
const specDays = 45;

const listRevisionItems = ({ table }: ModelWorld) =>
  [...table.items.values()]
    .filter(({ sk }) => sk.startsWith('revision#'))
    .map(({ value, ttl }) => ({ value: value as StoredRevision, expiresAtMs: Number(ttl) * 1_000 }));

/** Each recorded deploy has one revision, the numbers of a cluster have no gap, and each revision has its spec. */
export const checkRevisions = (world: ModelWorld): readonly string[] => {
  const revisions = listRevisionItems(world).map(({ value }) => value);
  const deploys = listOperations(world).filter(({ kind }) => kind === 'deploy');
  return [
    ...deploys.flatMap((operation) => checkDeploy(operation, revisions, world)),
    ...listClusters(world).flatMap((cluster) => checkNumbers(cluster, revisions)),
    ...revisions
      .filter(({ operationId }) => !world.revisionSpecs.writtenAt.has(operationId))
      .map(({ clusterId, number }) => `revision ${number} of ${clusterId} has no spec`),
  ];
};

const checkDeploy = (operation: StoredOperation, revisions: readonly StoredRevision[], world: ModelWorld) => {
  const { operationId, clusterId } = operation;
  const found = revisions.filter((revision) => revision.operationId === operationId);
  const [revision] = found;
  if (revision === undefined || found.length > 1)
    return [`the deploy ${operationId} of ${clusterId} has ${found.length} revisions`];
  const { outcome, problem } = withOutcome(revision, operation);
  const hasRun = listTransitions(world).some(
    (one) => one.operationId === operationId && one.from === 'DEPLOYING' && one.to === 'RUNNING',
  );
  const verdict = listVerdicts(world).find((one) => one.operationId === operationId)?.verdict;
  const agrees = {
    pending: verdict === undefined && !hasRun,
    stable: hasRun,
    failed: problem !== undefined && (revision.unstable === undefined ? verdict === 'FAILED' && !hasRun : hasRun),
    superseded: verdict === 'CANCELED' && !hasRun,
  }[outcome];
  return agrees
    ? []
    : [
        `revision ${revision.number} of ${clusterId} is ${outcome}, its verdict is ${verdict}, and it has ${hasRun ? '' : 'not '}run`,
      ];
};

const checkNumbers = ({ clusterId, revision = 0 }: Cluster, revisions: readonly StoredRevision[]) => {
  const numbers = revisions
    .filter((one) => one.clusterId === clusterId)
    .map(({ number }) => number)
    .toSorted((one, other) => one - other);
  const wanted = Array.from({ length: revision }, (_, index) => index + 1);
  return String(numbers) === String(wanted) ? [] : [`${clusterId} has the revisions ${String(numbers)} of ${revision}`];
};

/** The hours after a time in which the weekly renewal of each cluster is due, which follows from its age. */
const listDueHours = (clusters: readonly Cluster[], beginMs: number): readonly number[] => {
  const hours = clusters.map(({ createdAt }) =>
    Math.max(0, Math.ceil((Date.parse(createdAt) - beginMs - minutesOfHour * 60_000) / hourMs)),
  );
  return [...new Set(hours)].toSorted((one, other) => one - other);
};

/** Lets seven weeks pass, with the weekly renewal: live clusters keep their revisions, and nothing else is left. */
export const checkExpiry = async (world: ModelWorld, simulation: Simulation): Promise<readonly string[]> => {
  const startMs = simulation.now;
  const ended = new Set(
    listClusters(world)
      .filter(isTerminalCluster)
      .map(({ clusterId }) => clusterId),
  );
  // Those whose clusters end in these weeks expire later.
  const live = new Set(
    listRevisionItems(world).flatMap(({ value }) => (ended.has(value.clusterId) ? [] : [value.operationId])),
  );
  const beginMs = startMs - simulation.seconds * 1_000;
  const toTime = (days: number, hours = 0) =>
    new Date(beginMs + days * dayMs + hours * hourMs + minutesOfHour * 60_000);
  const dueHours = listDueHours(listClusters(world), beginMs);
  const times = [7, 14, 21, 28, 35, 42, 49].flatMap((days) => dueHours.map((hours) => toTime(days, hours)));
  for (const time of times) {
    const renewed = world.renewRevisions(time);
    await simulation.runUntil(simulation.seconds + 5);
    await renewed;
  }
  // The index of clusters may still list an ended one as live in the first week.
  const nowMs = toTime(7 + specDays + 1).getTime();
  const kept = listRevisionItems(world).filter(({ expiresAtMs }) => expiresAtMs >= nowMs);
  const specs = new Set(
    [...world.revisionSpecs.writtenAt]
      .filter(([, writtenAtMs]) => writtenAtMs + specDays * dayMs >= nowMs)
      .map(([operationId]) => operationId),
  );
  const stillLive = listClusters(world).filter((cluster) => !isTerminalCluster(cluster));
  return [
    ...stillLive.flatMap((cluster) =>
      checkNumbers(
        cluster,
        kept.map(({ value }) => value),
      ),
    ),
    ...kept
      .filter(({ value }) => ended.has(value.clusterId))
      .map(({ value }) => `revision ${value.number} of ${value.clusterId}, which has ended, does not expire`),
    ...kept
      .filter(({ value }) => !specs.delete(value.operationId))
      .map(({ value }) => `the spec of revision ${value.number} of ${value.clusterId} expired before its record`),
    ...[...specs]
      .filter((id) => !live.has(id))
      .map((operationId) => `the spec of ${operationId}, which has no revision, does not expire`),
  ];
};
