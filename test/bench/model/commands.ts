import type { CommandKind } from '#events/commands/index.ts';
import type { Target } from '#events/records/target.ts';
import { clusterHandler } from '#functions/cluster.ts';
import { clustersHandler } from '#functions/clusters.ts';
import type { World } from '#shared/clusters/ports/ports.ts';

import { sum } from '../measure.ts';
import { BenchWorld } from './bench-world.ts';
import type { TimedInvocation, TimedRequest } from './timed-simulation.ts';

/** The requests of a part of a command, and what they consume. */
export interface Counts {
  /** The largest number of requests of which each starts after the one before it has ended. */
  readonly stages: number;
  readonly requests: number;
  /** Request units of DynamoDB. */
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** The invocations of a function, and how long they waited for services. */
export interface Invoked {
  readonly count: number;
  readonly ms: number;
}

/** One command, from its request until nothing of it is on its way. */
export interface CommandCounts {
  readonly command: string;
  /** Until the answer. */
  readonly answer: Counts & { readonly ms: number };
  /** The steps of its state machine. */
  readonly workflow: Counts;
  /** Everything, with the publication of its events and the admission passes. */
  readonly total: Counts;
  /** State transitions of Step Functions. */
  readonly transitions: number;
  /** Invocations by function, and how long all of them waited for services. */
  readonly invocations: Readonly<Record<string, Invoked>>;
  readonly log: readonly TimedRequest[];
}

const clusterId = 'nightly';
const session = { mode: 'session' };
const jar = 's3://bucket/uploads/local/1/a.jar';
const workflowNames = ['startup', 'submission', 'cleanup', 'snapshot'];

export const countRequests = (requests: readonly TimedRequest[]): Counts => ({
  stages: countStages(requests),
  requests: requests.length,
  readUnits: sum(requests.map(({ read }) => read)),
  writeUnits: sum(requests.map(({ write }) => write)),
});

/** Takes the requests by their ends, and counts each that starts after the last one that was counted. */
const countStages = (requests: readonly TimedRequest[]): number => {
  let [stages, endMs] = [0, -Infinity];
  for (const request of requests.toSorted((one, other) => one.endMs - other.endMs)) {
    // The clock has fractions of milliseconds.
    if (request.startMs < endMs - 0.01) continue;
    stages += 1;
    endMs = request.endMs;
  }
  return stages;
};

/** Counts what an action causes, until its condition holds and nothing is on its way. */
export const countAction = async (
  command: string,
  world: BenchWorld,
  { act, hasSettled = () => true }: { readonly act: () => Promise<unknown>; readonly hasSettled?: () => boolean },
): Promise<CommandCounts> => {
  const { simulation, workflows } = world;
  const [requestsBefore, invocationsBefore] = [simulation.requests.length, simulation.invocations.length];
  const transitionsBefore = workflows.transitions;
  const startMs = simulation.elapsedMs;
  let answeredMs: number | undefined;
  let failure: unknown;
  act().then(
    () => (answeredMs = simulation.elapsedMs),
    (error: unknown) => (failure = error ?? new Error(`${command} failed`)),
  );
  await world.runUntil(() => failure !== undefined || (answeredMs !== undefined && hasSettled()));
  if (failure !== undefined) throw failure;

  const log = simulation.requests.slice(requestsBefore);
  const invocations = simulation.invocations.slice(invocationsBefore);
  const isOf = (names: readonly string[]) => (request: TimedRequest) =>
    names.some((name) => request.process.startsWith(name));
  return {
    command,
    answer: { ms: (answeredMs ?? Number.NaN) - startMs, ...countRequests(log.filter(isOf(['http ']))) },
    workflow: countRequests(log.filter(isOf(workflowNames))),
    total: countRequests(log),
    transitions: workflows.transitions - transitionsBefore,
    invocations: countByFunction(invocations),
    log: log.map((request) => ({ ...request, startMs: request.startMs - startMs, endMs: request.endMs - startMs })),
  };
};

const countByFunction = (invocations: readonly TimedInvocation[]): Readonly<Record<string, Invoked>> => {
  const counts: Record<string, Invoked> = {};
  for (const { function: name, startMs, endMs } of invocations) {
    const { count, ms } = counts[name] ?? { count: 0, ms: 0 };
    counts[name] = { count: count + 1, ms: ms + endMs - startMs };
  }
  return counts;
};

/** A command through the HTTP API that must be accepted. */
export const send = async (
  world: BenchWorld,
  kind: CommandKind,
  {
    clusterId: id = clusterId,
    ...sent
  }: { readonly clusterId?: string; readonly jobId?: string; readonly data?: object } = {},
): Promise<void> => {
  const key = `${kind}-${id}`;
  const outcome = await world.sendHttp(kind, { clusterId: id, key, data: {}, ...sent } as never, 1);
  if (outcome?.outcome !== 'done') throw new Error(`${kind} was refused: ${JSON.stringify(outcome)}`);
};

/** Sends a deploy, and runs until the session is RUNNING. */
export const startSession = async (world: BenchWorld, id = clusterId): Promise<void> => {
  const sent = send(world, 'deploy', { clusterId: id, data: session });
  await world.runUntil(() => world.stateOf(id) === 'RUNNING');
  await sent;
};

const makeRunning = async (target: Partial<Target> = {}) => {
  const world = new BenchWorld({ target });
  await startSession(world);
  return world;
};

const jobIdOf = ({ table }: BenchWorld) =>
  [...table.items.values()].find(({ sk }) => sk.startsWith('cluster#job#'))?.sk.slice('cluster#job#'.length) ?? '';

const limits = { clusters: 1_000 };

/** Counts each command on one session, through functions that are warm. */
export const countCommands = async (): Promise<readonly CommandCounts[]> => {
  const counts: CommandCounts[] = [];
  for (const [label, target] of [
    ['deploy', {}],
    ['deploy, target with limits', { limits }],
  ] as const) {
    const world = new BenchWorld({ target });
    const deploy = { act: () => send(world, 'deploy', { data: session }), hasSettled: isState(world, 'RUNNING') };
    counts.push(await countAction(label, world, deploy));
  }
  const world = await makeRunning();
  const submit = () => send(world, 'submit', { data: { jar } });
  counts.push(await countAction('submit', world, { act: submit }));
  for (const [name, handler, path, route] of reads)
    counts.push(await countAction(name, world, { act: () => world.read(name, handler, path, route) }));
  const cancel = () => send(world, 'cancel', { jobId: jobIdOf(world) });
  counts.push(await countAction('cancel', world, { act: cancel }));
  const stop = { act: () => send(world, 'stop'), hasSettled: isState(world, 'STOPPED') };
  counts.push(await countAction('stop', world, stop));
  return counts;
};

const isState = (world: BenchWorld, state: string) => () => world.stateOf(clusterId) === state;

const reads: readonly (readonly [name: string, handler: (world: World) => unknown, path: string, route: string])[] = [
  ['list', clustersHandler, '/v1/targets/local/clusters', 'GET /v1/targets/{target}/clusters'],
  [
    'read of a cluster',
    clusterHandler,
    `/v1/targets/local/clusters/${clusterId}`,
    'GET /v1/targets/{target}/clusters/{clusterId}',
  ],
];
