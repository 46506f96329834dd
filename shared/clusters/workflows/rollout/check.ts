import type { Ports } from '#shared/clusters/ports/ports.ts';

import type { RolloutState } from './rollout-state.ts';

/** Step of the rollout machine: checks the new objects. */
export const check = async (state: RolloutState, _ports: Ports): Promise<RolloutState> => state;
