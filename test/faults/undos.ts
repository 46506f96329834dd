import type { CommandKind } from '#events/commands/index.ts';

import { makeRandom } from './simulation.ts';
import type { SentCommand } from './world.ts';

interface TimedCommand extends Pick<SentCommand, 'clusterId' | 'data'> {
  readonly kind: CommandKind;
  readonly at: number;
}

const salt = -60;
const savepointDirectory = 's3://bucket/savepoints';

/** In three of ten schedules, an application whose changes are rolled back while they are in progress. */
export const makeUndos = (seed: number): readonly TimedCommand[] => {
  const random = makeRandom(seed, salt);
  if (random() > 0.3) return [];
  const choose = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  // Schedules of even seeds have a limit of one cluster.
  const clusterId = seed % 2 === 0 ? 'one' : 'four';
  const commands: TimedCommand[] = [];
  const add = (kind: CommandKind, data: SentCommand['data'], at: number) =>
    void commands.push({ kind, clusterId, data, at });
  const rollout = { savepointDirectory, stableWithin: '60s' };
  for (let at = random() * 20, slots = 1; at < 380; at += 90 + random() * 60, slots += 1) {
    const config = { 'taskmanager.numberOfTaskSlots': String(slots) };
    const spec = { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/a.jar' }, config };
    add('apply', { ...spec, rollout: { ...rollout, onFailure: choose(['rollback', 'rollback', 'keep']) } }, at);
    if (slots > 1 && random() < 0.7) add('rollback', rollout, at + random() * 80);
  }
  return commands;
};
