import type { Target } from '#events/records/target.ts';

import { BenchWorld } from './bench-world.ts';

/** How fast queued deploys are admitted. */
export interface Throughput {
  readonly limited: boolean;
  readonly commands: number;
  /** Invocations of the queue's function that run at once. */
  readonly functions: number;
  readonly perSecond: number;
}

const functions = 20;

/** Sends a burst of deploys to the queue, and waits until each of their clusters is REQUESTED. */
export const measureThroughput = async (commands: number, limits: Target['limits']): Promise<Throughput> => {
  const world = new BenchWorld({ target: { limits }, concurrency: { commandQueue: functions } });
  for (let index = 0; index < commands; index += 1) {
    const clusterId = `burst-${index}`;
    world.sendMessage('deploy', { clusterId, key: clusterId, data: { mode: 'session' } });
  }
  const listAdmitted = () => world.transitions.filter(({ to }) => to === 'REQUESTED');
  const { simulation } = world;
  while (listAdmitted().length < commands) {
    if (simulation.seconds > 3_600) throw new Error(`Only ${listAdmitted().length} of ${commands} were admitted.`);
    await simulation.runUntil(simulation.seconds + 1);
  }
  const seconds = Math.max(...listAdmitted().map(({ atMs }) => atMs)) / 1_000;
  return { limited: Object.keys(limits).length > 0, commands, functions, perSecond: commands / seconds };
};
