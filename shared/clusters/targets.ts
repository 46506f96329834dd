import { clusterStates, isOver, type NamedTarget, type Target } from '#events/model.ts';
import { Fault } from '#events/problem.ts';

import type { Ports } from './ports.ts';

const liveStates = clusterStates.filter((state) => !isOver({ state }));

/**
 * Makes or changes a target.
 *
 * @throws Fault `wrong-state` when it would move while clusters of it live: they would be looked for in the new place.
 */
export const putTarget = async (name: string, target: Target, { store, targets }: Ports): Promise<NamedTarget> => {
  const known = (await targets.list()).find((candidate) => candidate.name === name);
  const moves =
    known !== undefined &&
    (['cluster', 'region', 'namespace'] as const).some((field) => known[field] !== target[field]);
  if (moves && (await store.clusters(name, { states: liveStates, limit: 1 })).items.length > 0) {
    throw new Fault('wrong-state', `target ${name} has live clusters: stop them before it moves`);
  }
  await targets.put(name, target);
  return { ...target, name };
};
