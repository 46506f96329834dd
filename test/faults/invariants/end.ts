import { isTerminalCluster } from '#events/records/cluster-states.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { LifetimeWarning } from '#events/records/transitions.ts';
import type { Workload } from '#test/faults/workload.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { checkInPlace } from './in-place.ts';
import { checkJobApplies } from './job-applies.ts';
import { checkKeptLogs } from './kept-logs.ts';
import { checkObjects, checkRecords } from './objects.ts';
import { checkRest, isAtRest } from './rest.ts';
import { checkRescales } from './rescales.ts';
import { checkRevisions } from './revisions.ts';
import { checkRollouts } from './rollouts.ts';
import { checkSnapshots } from './snapshots.ts';
import { checkWaitingRollouts } from './waiting-rollouts.ts';
import {
  detailOf,
  listClusters,
  listOperations,
  listClusterTransitions,
  listTransitions,
  listVerdicts,
} from './stored.ts';

/** The invariants that hold at the end of every schedule. */
export const listViolations = (
  world: ModelWorld,
  { commands }: Workload,
  byHand: ReadonlySet<string>,
): readonly string[] => [
  ...(isAtRest(world) ? [] : checkRest(world)),
  ...checkEffects(world, commands, byHand),
  ...checkSequences(world),
  ...checkObjects(world),
  ...checkRecords(world, byHand),
  ...checkVerdicts(world),
  ...checkLifetimes(world),
  ...checkRestoredJobs(world),
  ...checkRevisions(world),
  ...checkRollouts(world, byHand),
  ...checkWaitingRollouts(world),
  ...checkInPlace(world),
  ...checkSnapshots(world),
  ...checkRescales(world, byHand),
  ...checkJobApplies(world),
  ...checkKeptLogs(world),
];

/** Each incarnation ends once. Each warning is stored once and published at least once. */
const checkLifetimes = (world: ModelWorld) => {
  const warnings = [...world.table.items.values()]
    .filter(({ sk }) => sk.startsWith('event#warning#'))
    .map(({ value }) => detailOf<LifetimeWarning>(value));
  const published = new Set(world.bus.warnings.map(({ id }) => id));
  const lost = warnings.map(({ id }) => id).filter((id) => !published.has(id));
  const versions = warnings.map((one) => `${one.operationId}/${one.version}`);
  return [
    ...lost.map((id) => `warning ${id} was not published`),
    ...versions
      .filter((one, index) => versions.indexOf(one) !== index)
      .map((one) => `two warnings of ${one} were stored`),
    ...checkEnds(world),
  ];
};

const checkEnds = (world: ModelWorld) =>
  listClusters(world).flatMap(({ clusterId }) => {
    const ended = listClusterTransitions(clusterId, world)
      .map(({ to, reason }) =>
        to === 'REQUESTED' ? 'begins' : to === 'STOPPING' && reason === 'LifetimeEnded' ? 'ends' : '',
      )
      .filter((word) => word !== '');
    return ended.some((word, index) => word === 'ends' && ended[index + 1] === 'ends')
      ? [`one incarnation of ${clusterId} was ended twice`]
      : [];
  });

/** Each command that has ended has one verdict, and no other verdict of it is published. */
const checkVerdicts = (world: ModelWorld) => {
  const stored = new Map(listVerdicts(world).map((record) => [record.operationId, record.verdict]));
  const needed = listOperations(world).filter(
    ({ kind, state }) =>
      state === 'FAILED' ||
      state === 'CANCELED' ||
      (isTerminalOperation({ state }) && ['cancel', 'stop', 'rescale'].includes(kind)),
  );
  const over = listClusters(world).filter((cluster) => isTerminalCluster(cluster));
  return [
    ...[...needed, ...over]
      .filter(({ operationId }) => !stored.has(operationId))
      .map(({ operationId }) => `operation ${operationId} has no verdict`),
    ...[...stored].flatMap(([operationId, verdict]) => {
      const published = new Set(
        world.bus.finished.filter((one) => one.operationId === operationId).map((one) => one.verdict),
      );
      return published.size === 1 && published.has(verdict)
        ? []
        : [
            `operation ${operationId} is ${verdict}, and the bus has ${[...published].join(' and ') || 'no event of it'}`,
          ];
    }),
  ];
};

const checkEffects = (world: ModelWorld, commands: Workload['commands'], byHand: ReadonlySet<string>) => {
  const found: string[] = [];
  for (const [jobId, times] of world.kubernetes.clusters.runs)
    if (times > 1 && byHand.size === 0) found.push(`job ${jobId} was started ${times} times`);
  for (const jobId of world.kubernetes.clusters.earlySavepoints)
    found.push(`a savepoint of job ${jobId} was requested while its tasks did not run`);
  const counts = new Map<string, number>();
  const restored = listRestoredJobIds(world);
  for (const { operationId, kind, clusterId, origin } of listOperations(world))
    if (origin !== 'reconciler' && origin !== 'schedule' && !restored.has(operationId))
      counts.set(`${kind} ${clusterId}`, (counts.get(`${kind} ${clusterId}`) ?? 0) + 1);
  for (const [what, count] of counts)
    if (count > (commands.get(what) ?? 0))
      found.push(`${count} operations for ${commands.get(what) ?? 0} commands: ${what}`);
  return found;
};

const listRestoredJobIds = (world: ModelWorld): ReadonlySet<string> =>
  new Set(listOperations(world).flatMap(({ restoredJobs = [] }) => restoredJobs.map(({ jobId }) => jobId)));

/** A restored session that runs has submitted every restored job. */
const checkRestoredJobs = (world: ModelWorld) => {
  const submits = new Set(listOperations(world).map(({ operationId }) => operationId));
  return listOperations(world)
    .filter(({ state }) => state === 'SUCCEEDED')
    .flatMap(({ clusterId, restoredJobs = [] }) =>
      restoredJobs
        .filter(({ jobId }) => !submits.has(jobId))
        .map(({ formerJobId }) => `${clusterId} did not restore job ${formerJobId}`),
    );
};

/** The store has each sequence number once, without holes. The bus has each at least once, in order. */
const checkSequences = (world: ModelWorld) =>
  listClusters(world).flatMap(({ clusterId, sequence }) => {
    const stored = listTransitions(world)
      .filter((transition) => transition.clusterId === clusterId)
      .map(({ sequence }) => sequence)
      .toSorted((one, other) => one - other);
    const seen = [
      ...new Set(
        world.bus.transitions.filter((event) => event.clusterId === clusterId).map(({ sequence }) => sequence),
      ),
    ];
    const wanted = Array.from({ length: sequence }, (_, index) => index + 1);
    return [
      ...(String(stored) === String(wanted)
        ? []
        : [`${clusterId} has the transitions ${String(stored)} of ${sequence}`]),
      ...(String(seen) === String(wanted)
        ? []
        : [`the bus has the transitions ${String(seen)} of ${sequence} of ${clusterId}`]),
    ];
  });
