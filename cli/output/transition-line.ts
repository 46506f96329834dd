import type { Transition } from '#events/transitions.ts';

import { localTime } from './local-time.ts';
import { paintState } from './table.ts';

/** One change of state, to read. */
export const transitionLine = (transition: Transition, stream: NodeJS.WritableStream): string => {
  const { sequence, at, from, to, reason, message } = transition;
  const what = transition.subject === 'cluster' ? 'cluster' : `job ${transition.jobId} ${transition.name}`;
  const why = [reason, message].filter(Boolean).join(': ');
  const change = `${from === null ? '' : `${from} → `}${paintState(to, stream)}`;
  return `${String(sequence).padStart(4)}  ${localTime(at)}  ${what}: ${change}${why === '' ? '' : ` (${why})`}`;
};
