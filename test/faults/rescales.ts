import { makeRandom } from './simulation.ts';
import type { SentCommand } from './world.ts';

const salt = -20;
const fromSeconds = 30;

/** Rescales of jobs at times until `endSeconds`. Half of them come in pairs, of which the second comes while the first is in progress. */
export const makeRescales = (
  seed: number,
  endSeconds: number,
): readonly (Pick<SentCommand, 'clusterId' | 'data'> & { readonly at: number })[] => {
  const random = makeRandom(seed, salt);
  const makeData = () => ({ parallelism: 1 + Math.floor(random() * 4), within: '1min' });
  return Array.from({ length: Math.floor(random() * 4) }, () => {
    const clusterId = random() < 0.7 ? 'one' : 'two';
    const at = fromSeconds + random() * (endSeconds - fromSeconds);
    const first = { clusterId, data: makeData(), at };
    return random() < 0.5 ? [first, { clusterId, data: makeData(), at: at + 5 + random() * 50 }] : [first];
  }).flat();
};
