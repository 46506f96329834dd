import type { Cluster, Transition } from '../../api/types.ts';

/** The clusters that changed last, the newest first. Their transitions contain the last ones of all clusters. */
export const findLastChanged = (clusters: readonly Cluster[], max: number): readonly Cluster[] =>
  clusters.toSorted((one, other) => Date.parse(other.updatedAt) - Date.parse(one.updatedAt)).slice(0, max);

/** The last transitions, the newest first. */
export const sortEvents = (transitions: readonly Transition[], max: number): readonly Transition[] =>
  transitions
    .toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at) || other.sequence - one.sequence)
    .slice(0, max);

/** `Job TopSpeedWindowing`, or `Cluster`. */
export const describeSubject = (transition: Transition): string =>
  transition.subject === 'job' ? `Job ${transition.name}` : 'Cluster';

/** Why it changed, as far as it is known. */
export const describeCause = ({ reason, message }: Pick<Transition, 'reason' | 'message'>): string =>
  [reason, message].filter((part) => part !== undefined && part !== '').join(': ');
