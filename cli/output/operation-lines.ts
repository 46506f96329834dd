import type { Operation } from '#events/records/operation.ts';

import { formatBytes } from './bytes.ts';

interface Phase {
  readonly name: string;
  readonly at: string;
}

/** A completed phase of a deploy or a rollout: `Pulling after 3 s`. */
export const formatPhase = ({ name, at }: Phase, createdAt: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(at) - Date.parse(createdAt)) / 1_000));
  return `${name === 'RestUp' ? 'REST up' : name} after ${seconds} s`;
};

/** The completed phases of an operation. A phase of a rollout ends when the next one begins. */
export const listCompletedPhases = ({
  phases = [],
  rollout,
}: Pick<Operation, 'phases' | 'rollout'>): readonly Phase[] => [
  ...phases,
  ...(rollout?.phases ?? []).flatMap(({ name }, index, all) => {
    const next = all[index + 1];
    if (next === undefined) return [];
    const isWithout = name === 'Snapshotting' && rollout?.stateDropped === true;
    return [{ name: isWithout ? 'Ended without a snapshot' : name, at: next.at }];
  }),
];

/** What an operation does now, with the phase of a rollout before, and the size of its state. */
export const formatProgress = ({ phase, rollout }: Pick<Operation, 'phase' | 'rollout'>): string | undefined => {
  const parts = [...new Set([rollout?.phase, phase])].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  const size = rollout?.stateBytes === undefined ? '' : `, state ${formatBytes(rollout.stateBytes)}`;
  return `${parts.join(': ')}${size}`;
};

/** What became of the state in a rollout that failed: where it is, unless the problem says so, or that it was dropped. */
export const describeRolloutEnd = ({ problem, rollout }: Pick<Operation, 'problem' | 'rollout'>): readonly string[] => {
  const { rolledBackTo, snapshot, stateBytes, stateDropped } = rollout ?? {};
  if (rolledBackTo !== undefined && stateDropped === true)
    return ['It started without state, because the rollout had dropped the state.'];
  if (snapshot === undefined || problem?.detail.includes(snapshot.path) === true) return [];
  const size = stateBytes === undefined ? '' : ` (${formatBytes(stateBytes)})`;
  return [`The state is ${snapshot.kind} ${snapshot.path}${size}.`];
};
