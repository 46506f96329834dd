import type { CommandKind } from '#events/commands/index.ts';

import { makeRandom } from './simulation.ts';
import type { SentCommand } from './world.ts';

interface TimedCommand extends Pick<SentCommand, 'clusterId' | 'data'> {
  readonly kind: CommandKind;
  readonly at: number;
}

const salt = -50;
const program = { jar: 's3://bucket/uploads/local/1/a.jar' };
const savepointDirectory = 's3://bucket/savepoints';

/** What a person may do to the session or its job during an apply. */
const interruptions: readonly (readonly [kind: CommandKind, data: SentCommand['data']])[] = [
  ['restart', { savepointDirectory, stableWithin: '10s' }],
  ['suspend', { savepointDirectory }],
  ['stop', { savepoint: 'best-effort', savepointDirectory }],
  ['stop', { savepoint: 'none', ha: 'purge' }],
  ['cancel', {}],
];

/** In two of five schedules, a session whose job is changed some times, and which may end in between. */
export const makeJobApplies = (seed: number): readonly TimedCommand[] => {
  const random = makeRandom(seed, salt);
  if (random() > 0.4) return [];
  const choose = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  // Schedules of even seeds have a limit of one cluster.
  const clusterId = seed % 2 === 0 ? 'one' : 'three';
  const commands: TimedCommand[] = [];
  const add = (kind: CommandKind, data: SentCommand['data'], at: number) =>
    void commands.push({ kind, clusterId, data, at });
  if (clusterId === 'three') add('deploy', { mode: 'session' }, random() * 10);
  add('submit', program, 20 + random() * 40);
  for (let at = 70 + random() * 60; at < 380; at += 10 + random() * 150) {
    const rollout = {
      state: choose(['savepoint', 'savepoint', 'savepoint', 'none']),
      savepointDirectory,
      stableWithin: choose(['10s', '30s']),
      maxRestarts: 1,
      onFailure: choose(['rollback', 'rollback', 'keep']),
    };
    add('apply-job', { ...program, args: [`--version=${Math.floor(at)}`], rollout }, at);
    if (random() > 0.4) continue;
    const [kind, data] = choose(interruptions);
    add(kind, data, at + random() * 30);
    if (kind === 'suspend') add('resume', { stableWithin: '30s' }, at + 90);
    if (kind === 'stop')
      add('deploy', { mode: 'session', restore: { fromCluster: clusterId, allowEmptyState: true } }, at + 90);
  }
  return commands;
};
