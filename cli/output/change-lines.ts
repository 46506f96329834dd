import { isDeepStrictEqual, styleText } from 'node:util';

import type { Changes, LastState, PlannedChange, StateSource } from '#events/http/plans.ts';
import { mask } from '#events/secrets.ts';

import { toOneLine } from './safe-text.ts';

/** What an apply of a changed spec does, and where the state comes from. */
export const formatEffect = ({ class: changeClass }: Pick<Changes, 'class'>, state: StateSource): string => {
  if (state.source !== 'running') return formatState(state);
  return changeClass === 'rescale'
    ? 'Only the parallelism has changed. The job is rescaled while it runs, and nothing restarts.'
    : 'Nothing that runs has changed, and nothing restarts.';
};

/** What the cluster starts from. */
const formatState = (state: StateSource): string => {
  const { source, kind, path, ageSeconds, dropped, fallback, lastState } = state;
  if (dropped === true)
    return source === 'none'
      ? 'The state of the cluster is dropped: it starts without state.'
      : `The state of the cluster is dropped: it starts from ${formatRestore(path)}.`;
  switch (source) {
    case 'savepoint':
      return `The cluster restarts. The rollout stops its jobs with a savepoint, and starts from it.${formatFallback(fallback, 'the savepoint fails')}${formatLastState(lastState)}`;
    case 'last-state':
      return `The cluster restarts from ${formatCheckpoint(lastState)}.${formatFallback(fallback, 'there is none')}`;
    case 'snapshot':
      return path === undefined
        ? 'The cluster starts with the jobs that it was suspended with.'
        : `The cluster starts from ${kind} ${path}, which is ${formatAge(ageSeconds ?? 0)} old.`;
    default:
      return 'The cluster starts, and there is no state to start from.';
  }
};

const formatRestore = (path: string | undefined): string => path ?? 'what `restore` names';

/** How `drey apply` starts a cluster whose ID has no live one. */
export const formatStart = ({ source, path }: StateSource): string => {
  switch (source) {
    case 'restore':
      return `from ${formatRestore(path)}`;
    case 'high-availability':
      return 'with the jobs that Flink recovers from its high-availability data';
    default:
      return 'without state';
  }
};

const formatFallback = (fallback: StateSource['fallback'], failure: string): string => {
  if (fallback === undefined) return '';
  return fallback === 'none'
    ? ` If ${failure}, the state is dropped.`
    : ` If ${failure}, it starts from the last checkpoint.`;
};

const formatCheckpoint = ({ path, ageSeconds }: LastState = {}): string => {
  if (path === undefined) return 'its last checkpoint';
  return ageSeconds === undefined
    ? `${path}, from which its job was started, because it has no checkpoint yet`
    : `its last checkpoint. Now, that is ${path}, which is ${formatAge(ageSeconds)} old`;
};

const formatLastState = ({ path, ageSeconds }: LastState = {}): string =>
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
  const [before, after] = [formatValue(old), formatValue(current)];
  // An option that the target has set until now, or sets from now on. A mask hides whether a value is the same.
  const isSame = isDeepStrictEqual(old, current) && !after.includes(mask);
  const values = isSame ? `${after}, the same value from another source` : `${before} → ${after}`;
  return { sign: '~', color: 'yellow', values } as const;
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
