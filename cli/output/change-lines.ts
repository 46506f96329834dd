import { styleText } from 'node:util';

import type { Changes, PlannedChange } from '#events/http/plans.ts';

import { toOneLine } from './safe-text.ts';

/** What an apply of a changed spec does, and where the state comes from. */
export const formatEffect = ({ class: changeClass, state }: Changes): string => {
  switch (changeClass) {
    case 'none':
      return 'Nothing that runs has changed, and nothing restarts.';
    case 'rescale':
      return 'Only the parallelism has changed. The job is rescaled while it runs, and nothing restarts.';
    default:
      return formatState(state);
  }
};

const formatState = (state: Changes['state']): string => {
  switch (state.source) {
    case 'snapshot':
      return `The cluster starts from ${state.kind} ${state.path}, which is ${formatAge(state.ageSeconds ?? 0)} old.`;
    case 'none':
      return 'The cluster starts, and there is no state to start from.';
    default:
      return `The cluster restarts. The rollout stops its jobs with a savepoint, and starts from it.${formatLastState(state.lastState)}`;
  }
};

const formatLastState = ({ path, ageSeconds }: NonNullable<Changes['state']['lastState']> = {}): string =>
  path === undefined || ageSeconds === undefined
    ? ''
    : ` With --state last-state, it starts from checkpoint ${path}, which is ${formatAge(ageSeconds)} old.`;

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** In the largest unit of which there are at least two. */
const formatAge = (seconds: number): string => {
  const [unit, size] = units.find(([, size]) => seconds >= 2 * size) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${unit}`;
};

/** A line for each change, colored as a diff if the stream supports colors. */
export const formatChanges = (changes: readonly PlannedChange[], stream: NodeJS.WritableStream): readonly string[] =>
  changes.map((change) => {
    const { sign, color, values } = describeChange(change);
    return styleText(color, toOneLine(`${sign} ${formatPointer(change.pointer)}: ${values} (${change.from})`), {
      stream,
    });
  });

const describeChange = ({ old, new: current }: PlannedChange) => {
  if (old === undefined) return { sign: '+', color: 'green', values: formatValue(current) } as const;
  if (current === undefined) return { sign: '-', color: 'red', values: formatValue(old) } as const;
  return { sign: '~', color: 'yellow', values: `${formatValue(old)} → ${formatValue(current)}` } as const;
};

/** `job.parallelism`, or the option itself. */
const formatPointer = (pointer: string): string =>
  pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');

const formatValue = (value: unknown): string =>
  typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
