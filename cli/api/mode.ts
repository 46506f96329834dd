import { UsageError } from '#cli/options/usage-error.ts';

import { Failure } from './failure.ts';

/** Flink's deployment targets. */
export const modes = { 'kubernetes-session': 'session', 'kubernetes-application': 'application' } as const;

export type Mode = (typeof modes)[keyof typeof modes];

/**
 * Reads Flink's deployment target before anything is asked of the API.
 *
 * @throws Failure for per-job mode, which Flink does not have on Kubernetes.
 * @throws UsageError for what is no place of Drey's.
 */
export const modeOf = (deploymentTarget: string): Mode => {
  for (const [name, mode] of Object.entries(modes)) if (name === deploymentTarget) return mode;
  if (deploymentTarget.endsWith('-per-job'))
    throw new Failure('Per-Job Mode not supported by Active Kubernetes deployments.', { code: 'unsupported-mode' });
  throw new UsageError(`Drey deploys to kubernetes-session and kubernetes-application, not to "${deploymentTarget}".`);
};
