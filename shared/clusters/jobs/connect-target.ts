import type { Ports } from '#shared/clusters/ports/ports.ts';

/**
 * Reads a target and connects to its API server, so that requests that follow the reading of records do not wait for it. The
 * next request reports a failure.
 */
export const connectTarget = async (name: string, { targets, kubernetes }: Ports): Promise<void> => {
  try {
    kubernetes(await targets.get(name)).connect();
  } catch {
    // The next request reads the target again, and fails.
  }
};
