import { UsageError } from '#cli/options/usage-error.ts';

import { Failure } from './failure.ts';

/** Flink's deployment targets → the modes of the API. */
export const modes = { 'kubernetes-session': 'session', 'kubernetes-application': 'application' } as const;

export type Mode = (typeof modes)[keyof typeof modes];

/**
 * The mode for a deployment target of Flink.
 *
 * @throws Failure for per-job mode, which Flink does not have on Kubernetes.
 * @throws UsageError for targets that Drey does not deploy to.
 */
export const parseMode = (deploymentTarget: string): Mode => {
  const given = deploymentTarget.toLowerCase();
  for (const [name, mode] of Object.entries(modes)) if (name === given) return mode;
  if (given.endsWith('-per-job'))
    throw new Failure('Per-Job Mode not supported by Active Kubernetes deployments.', { code: 'unsupported-mode' });
  throw new UsageError(`The deployment target must be ${Object.keys(modes).join(' or ')}, not "${deploymentTarget}".`);
};
