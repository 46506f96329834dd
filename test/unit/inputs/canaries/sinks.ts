import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { vi } from 'vitest';

import type { ApiFunction } from '#events/http/api.ts';
import { calls } from '#events/http/api.ts';
import { publishHandler } from '#functions/publish.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { log, logger } from '#shared/live/log.ts';
import { apiHandlers } from '#test/fakes/api-handlers.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { execute } from '#test/fakes/state-machine.ts';
import { getStep } from '#test/fakes/workflows.ts';
import { runQueues, type World } from '#test/fakes/world.ts';

const lines: string[] = [];

/** Records what the logger of the functions writes, and returns the log of the ports. */
export const recordLog = () => {
  logger.setLogLevel('DEBUG');
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      lines.push(String(chunk));
      return true;
    });
  return log;
};

/** Delivers the stream of the table. An event that was delivered before changes nothing. */
const publishEvents = async ({ store, ports }: World): Promise<void> => {
  const Records = [...store.events].map(([id, event]) => ({
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: id,
      Keys: { sk: { S: `event#${id}` } },
      NewImage: marshall({ value: event }, { removeUndefinedValues: true }),
    },
  }));
  const publish = publishHandler(ports) as unknown as (
    event: DynamoDBStreamEvent,
    context: Context,
  ) => Promise<unknown>;
  await publish({ Records } as unknown as DynamoDBStreamEvent, {} as Context);
};

/** Runs everything that a command has started. Returns what Step Functions would keep of it. */
export const runAll = async (world: World): Promise<readonly unknown[]> => {
  const history: unknown[] = [];
  await runQueues(world);
  await runStarted(world, history);
  // A verdict of a row may end its batch, whose verdict follows.
  for (let count = -1; count < world.store.events.size;) {
    count = world.store.events.size;
    // oxlint-disable-next-line no-await-in-loop
    await publishEvents(world);
  }
  return history;
};

const runStarted = async (world: World, history: unknown[]): Promise<void> => {
  const { workflows, passTime } = world;
  for (let next = workflows.started.shift(); next !== undefined; next = workflows.started.shift()) {
    const { workflow, operationId } = next;
    // A rollout waits for the executions of its own commands.
    const runOthers = async () => (workflow === 'rollout' ? runStarted(world, history) : undefined);
    const ports: Ports = {
      ...world.ports,
      sleep: async (ms) => {
        await runOthers();
        await world.ports.sleep(ms);
      },
    };
    const task = async (step: string, state: Parameters<ReturnType<typeof getStep>>[0]) => {
      history.push({ step, state });
      const output = await getStep(workflow, step)(state, ports).catch((error: unknown) => {
        history.push(error instanceof Error ? { name: error.name, message: error.message } : error);
        throw error;
      });
      history.push(output);
      return output;
    };
    const wait = async (seconds: number) => {
      await runOthers();
      passTime(seconds);
    };
    await execute(workflow, operationId, { task, wait }).catch((error: unknown) => history.push(String(error)));
    await runQueues(world);
  }
};

/** The calls that read something about a target. The content of a stored spec is the caller's own. */
const reads = Object.keys(calls).filter(
  (route) => route.startsWith('GET /v1/') && !/specs\/\{name\}$|\/(check|orphans|logs)$/.test(route),
);

const read = async (world: World, clusterId: string): Promise<readonly unknown[]> => {
  const { operations, jobRecords } = world.store;
  const ids = [...operations.keys()];
  const jobIds = [...jobRecords.values()].map(({ value }) => value.jobId);
  const answers: unknown[] = [];
  for (const route of reads) {
    const handler = apiHandlers[calls[route]?.function as ApiFunction](world.ports); // The table has functions of the API.
    const places = route.includes('{operationId}') ? ids : route.includes('{jobId}') ? jobIds : [''];
    for (const id of places)
      answers.push(
        (
          await callHandler(
            handler,
            makeHttpEvent(route, {
              target: 'local',
              clusterId,
              operationId: id,
              jobId: id,
              name: 'office',
              revision: '1',
              snapshotId: id,
            }),
          )
        ).body,
      );
  }
  return answers;
};

/** The task of an operation that is still open needs its token. */
const withoutOpenTask = ({ store }: World) =>
  [...store.operations.values()].map(({ value: { taskToken, ...operation } }) =>
    store.verdicts.has(operation.operationId) ? { ...operation, taskToken } : operation,
  );

/** The records of the table, without those that expire: idempotency keys and refusals. */
const listRecords = (world: World): readonly unknown[] => [
  ...withoutOpenTask(world),
  ...Object.entries(world.store).flatMap(([name, records]) =>
    records instanceof Map && !['operations', 'keys', 'refusals'].includes(name)
      ? [...(records as Map<string, unknown>)]
      : [],
  ),
  ...[...world.targets.known].filter(([name]) => name !== 'local'),
];

/** Everything that Drey says and keeps, by its place. */
export const readSinks = async (
  world: World,
  { clusterId, answer, history }: { clusterId: string; answer: unknown; history: readonly unknown[] },
): Promise<Readonly<Record<string, string>>> => {
  const answers = [answer, ...(await read(world, clusterId))];
  const sinks = {
    answers,
    table: listRecords(world),
    events: world.bus.published,
    rejected: world.bus.rejected,
    tasks: world.callbacks.completed.map(({ output }) => output),
    timers: [...world.timers.oneTime, ...world.timers.recurring],
    queues: [world.commandQueue.sent, world.admissionQueue.sent],
    reasons: world.commandQueue.deadLetters.map(({ problem }) => problem),
    history,
    log: lines.splice(0),
  };
  return Object.fromEntries(Object.entries(sinks).map(([name, value]) => [name, JSON.stringify(value)]));
};
