import type { NamedTarget } from '#events/target.ts';

export const target: NamedTarget = {
  name: 'etl',
  cluster: 'analytics',
  region: 'eu-central-1',
  namespace: 'flink',
  defaults: {},
  locked: [],
  limits: {},
  shares: {},
  maxQueued: 100,
  maxJarBytes: 1,
};
