import type { TestProject } from 'vitest/node';

import { startLocal, stopLocal, type LocalSystem } from '#local/system.ts';

/** A system of the tests' own, beside one that `npm start` may have left: other ports, addresses and state. */
const options = { state: '.local/test', port: 4666, kubernetesPort: 7743, kubernetesNet: '10.79' } as const;

/** Each project of vitest loads this file for itself, and all of them use one system. */
interface Shared {
  started?: Promise<LocalSystem>;
  users: number;
}
const everywhere = globalThis as { dreyTestSystem?: Shared };
const shared = (everywhere.dreyTestSystem ??= { users: 0 });

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
  return async () => {
    shared.users -= 1;
    if (shared.users === 0 && process.env['DREY_TEST_KEEP'] === undefined)
      await stopLocal({ state: options.state, clean: true });
  };
}
