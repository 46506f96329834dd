import { setTimeout as sleep } from 'node:timers/promises';

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { TestProject } from 'vitest/node';

import { type LocalSystem, startLocal, stopLocal } from '#local/system.ts';

/** A system of the tests' own, beside one that `npm start` may have left: other ports, addresses and state. */
const options = { state: '.local/test', port: 4666, kubernetesPort: 7743, kubernetesNet: '10.79' } as const;

/** Each project of vitest loads this file for itself, and all of them use one system. */
interface Shared {
  started?: Promise<LocalSystem>;
  looking?: Promise<void>;
  users: number;
}
const everywhere = globalThis as { dreyTestSystem?: Shared };
const shared = (everywhere.dreyTestSystem ??= { users: 0 });

const betweenLooksMs = 10_000;

/** The look of each minute at the tests' target, six times as often: it is what many of them wait for. */
const lookOftener = async ({ awsUrl, region, credentials, outputs, target }: LocalSystem): Promise<void> => {
  const queues = new SQSClient({ endpoint: awsUrl, region, credentials });
  const look = { QueueUrl: outputs['ReconcileQueueUrl'], MessageBody: JSON.stringify({ target }) };
  while (shared.users > 0) {
    await queues.send(new SendMessageCommand(look)).catch(() => {}); // the minute's own comes anyway
    await sleep(betweenLooksMs);
  }
};

/**
 * Starts the local system for all tests above unit level, and stops it behind them. With DREY_TEST_KEEP set it is left
 * running, and the next run finds it.
 */
export default async function setup(project: TestProject) {
  shared.users += 1;
  shared.started ??= startLocal(options);
  const system = await shared.started;
  process.env['DREY_TEST_KUBECONFIG'] = system.kubeconfig;
  project.provide('system', system);
  shared.looking ??= lookOftener(system);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    await shared.looking;
    if (process.env['DREY_TEST_KEEP'] === undefined) await stopLocal({ state: options.state, clean: true });
  };
}
