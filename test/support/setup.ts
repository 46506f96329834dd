import { setTimeout as sleep } from 'node:timers/promises';

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { TestProject } from 'vitest/node';

import { type LocalSystem, startLocal, stopLocal } from '#local/system.ts';

/** The node has the default version, on which most tests run, and those of test/acceptance/versions.test.ts. */
const flink = ['2.2', '2.3', '1.20', '2.2-python'];

/** A system for tests. Its ports, addresses and state differ from those of `npm start`. */
const options = { state: '.local/test', port: 4666, kubernetesPort: 7743, kubernetesNet: '10.79', flink } as const;

/** Each project of vitest loads this file, and all of them use one system. */
interface Shared {
  started?: Promise<LocalSystem>;
  reconciling?: Promise<void>;
  users: number;
}
const globals = globalThis as { dreyTestSystem?: Shared };
const shared = (globals.dreyTestSystem ??= { users: 0 });

const reconcileIntervalMs = 10_000;

/** Requests a reconcile pass six times a minute in place of once, because many tests wait for one. */
const reconcileOften = async ({ awsUrl, region, credentials, outputs, target }: LocalSystem): Promise<void> => {
  const queues = new SQSClient({ endpoint: awsUrl, region, credentials });
  const request = { QueueUrl: outputs['ReconcileQueueUrl'], MessageBody: JSON.stringify({ target }) };
  while (shared.users > 0) {
    await queues.send(new SendMessageCommand(request)).catch(() => {}); // The request of each minute follows anyway.
    await sleep(reconcileIntervalMs);
  }
};

/**
 * Starts the local system before all tests above unit level, and stops it after them. With DREY_TEST_KEEP set it keeps
 * running, and the next run uses it.
 */
export default async function setup(project: TestProject) {
  shared.users += 1;
  shared.started ??= startLocal(options);
  const system = await shared.started;
  process.env['DREY_TEST_KUBECONFIG'] = system.kubeconfig;
  project.provide('system', system);
  shared.reconciling ??= reconcileOften(system);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    await shared.reconciling;
    if (process.env['DREY_TEST_KEEP'] === undefined) await stopLocal({ state: options.state, clean: true });
  };
}
