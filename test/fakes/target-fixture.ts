import type { Target } from '#events/records/target.ts';

/** A target without policies of its own. */
export const plainTarget: Target = {
  cluster: 'eks',
  region: 'eu-central-1',
  namespace: 'flink',
  defaults: {},
  locked: [],
  limits: {},
  shares: {},
  maxQueued: 100,
  maxJarBytes: 1_000,
};
