import { check } from '#shared/clusters/workflows/rollout/check.ts';
import type { RolloutState } from '#shared/clusters/workflows/rollout/rollout-state.ts';
import { openWorld } from '#shared/live/world.ts';

import { stepsHandler } from './handlers/steps.ts';

export const rolloutSteps = { check };

export const handler = stepsHandler<RolloutState>(rolloutSteps, openWorld<'rollout'>({}));
