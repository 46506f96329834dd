import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';

import {
  aws,
  call,
  clusterPath,
  deploy,
  freshId,
  hasEnded,
  listObjects,
  listStateChanges,
  listTransitions,
  small,
  system,
  until,
  untilState,
  withoutApiServer,
} from '../support/system.ts';

const run = promisify(execFile);
const queues = new SQSClient(aws);

/** Half of them from each origin. */
const clusters = 20;
const kills = 25;
const betweenKillsMs = 1_500;
const outageMs = 30_000;
const outageAfterMs = 6_000;
const idleMs = 20_000;

/** The image does not exist, because the test does not need Flink. */
const data = { mode: 'session', config: { 'kubernetes.container.image.ref': 'nowhere.invalid/flink:2.2' } };

const processes = async (pattern: RegExp): Promise<readonly number[]> =>
  (await run('ps', ['-eo', 'pid,args'])).stdout
    .split('\n')
    .filter((line) => pattern.test(line))
    .map((line) => Number.parseInt(line, 10));

/** The emulated functions of this system. */
const functions = () => processes(new RegExp(`/ministack-provided-code-${new URL(system.awsUrl).port}/.*bootstrap`));

/** Kills a process of a function during its work. */
const kill = async (turn: number): Promise<boolean> => {
  const pids = await functions();
  const pid = pids[turn % Math.max(1, pids.length)];
  if (pid === undefined) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false; // It has ended in the meantime.
  }
};

const killSome = async (): Promise<void> => {
  for (let [killed, turn] = [0, 0]; killed < kills; turn += 1) {
    if (await kill(turn)) killed += 1;
    await sleep(betweenKillsMs);
  }
};

const interruptApiServer = async () => {
  await sleep(outageAfterMs);
  await withoutApiServer(() => sleep(outageMs));
};

/** Repeats a request under its idempotency key until it is answered. */
const insisting = (send: () => Promise<{ readonly status: number }>) =>
  until(
    async () => (await send().catch(() => ({ status: 503 }))).status, // no answer at all
    (status) => status < 500 && status !== 409,
    1_000,
  );

const thrice = (what: () => Promise<unknown>) => Promise.all([what(), what(), what()]);

const throughHttp = async (clusterId: string) => {
  const [deployKey, stopKey] = [{ 'idempotency-key': randomUUID() }, { 'idempotency-key': randomUUID() }];
  await thrice(() => insisting(() => deploy({ ...data, clusterId }, deployKey)));
  await insisting(() => call('POST', `${clusterPath(clusterId)}/stop`, {}, stopKey));
};

const throughQueue = async (clusterId: string) => {
  const subject = `targets/${system.target}/clusters/${clusterId}`;
  for (const [kind, body] of [['deploy', data] as const, ['stop', {}] as const]) {
    const message = {
      specversion: '1.0',
      id: randomUUID(),
      type: `drey.command.${kind}.v1`,
      source: 'test',
      subject,
      data: body,
    };
    for (let time = 0; time < 3; time += 1)
      await queues.send(
        new SendMessageCommand({
          QueueUrl: system.outputs['CommandQueueUrl'],
          MessageBody: JSON.stringify(message),
          MessageGroupId: subject,
          MessageDeduplicationId: randomUUID(),
        }),
      );
  }
};

const read = async (clusterId: string) => (await call<Cluster>('GET', clusterPath(clusterId))).body;
const disturbed = Promise.withResolvers<void>();

/** The second test waits until nothing is killed no longer, and runs while the first one recovers. */
describe.concurrent('killed functions, an API server that does not answer, and messages that are delivered three times', () => {
  it('leave every cluster STOPPED without objects, and each transition once in the store and in order on the bus', async () => {
    const ids = Array.from({ length: clusters }, () => freshId('fault'));

    await Promise.all([
      Promise.all([killSome(), interruptApiServer()]).finally(disturbed.resolve),
      ...ids.map((clusterId, index) => (index % 2 === 0 ? throughHttp(clusterId) : throughQueue(clusterId))),
    ]);
    await Promise.all(
      ids.map((clusterId) =>
        until(
          () => read(clusterId),
          ({ state }) => state === 'STOPPED',
          2_000,
        ),
      ),
    );

    for (const clusterId of ids) {
      const transitions = await listTransitions(clusterId);
      const numbers = transitions.map(({ sequence }) => sequence);
      const published = await until(
        async () => [...new Set(listStateChanges(clusterId).map(({ detail }) => Number(detail['sequence'])))],
        (seen) => seen.length >= numbers.length,
      );

      const { sequence: length } = await read(clusterId);
      expect(numbers).toEqual(Array.from({ length }, (_, index) => index + 1));
      expect(published).toEqual(numbers);
      expect(transitions.filter(({ to }) => to === 'REQUESTED')).toHaveLength(1);
      expect(transitions.at(-1)).toMatchObject({ to: 'STOPPED' });
      expect(await listObjects(clusterId)).toEqual([]);
    }
  });

  it('do not count as idle time of a session, which ends after its idleAfter', async () => {
    await disturbed.promise;
    const clusterId = freshId('idle');
    await deploy({
      mode: 'session',
      clusterId,
      config: small,
      lifetime: { idleAfter: `${idleMs / 1_000}s`, warnBefore: '0s' },
    });
    await untilState(clusterId, 'RUNNING');
    await until(
      () => read(clusterId),
      ({ lifetime }) => lifetime?.idle !== undefined,
    );
    await withoutApiServer(async () => {
      await sleep(idleMs + 15_000);
      expect(await read(clusterId)).toMatchObject({ state: 'RUNNING' });
    });
    const back = Date.now();

    const ended = await hasEnded(clusterId, 'Idle');

    expect(Date.parse(ended.lifetime?.idle?.since ?? '')).toBeGreaterThan(back);
    const stopping = (await listTransitions(clusterId)).find(({ to }) => to === 'STOPPING');
    expect(Date.parse(stopping?.at ?? '')).toBeGreaterThan(back + idleMs);
  });
});
