import { defaultPolicy } from '#events/records/policy.ts';
import type { Target } from '#events/records/target.ts';

/** A target with the defaults of every policy. */
export const plainTarget: Target = {
  cluster: 'eks',
  region: 'eu-central-1',
  namespace: 'flink',
  defaults: {},
  policy: defaultPolicy,
  limits: {},
  shares: {},
  maxQueued: 100,
  maxJarBytes: 1_000,
};
