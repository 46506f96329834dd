import type { Transition } from '#events/records/transitions.ts';

export type History = readonly Transition[];

const terminal: ReadonlySet<string> = new Set(['STOPPED', 'FINISHED', 'CANCELED', 'FAILED']);

const compareNumbers = (one: number, other: number) => one - other;
const timesOf = (histories: readonly History[], isOne: (transition: Transition) => boolean): readonly number[] =>
  histories.flatMap((history) => history.filter(isOne).map(({ at }) => Date.parse(at))).toSorted(compareNumbers);

/** Each cluster has one incarnation that ended, and its transitions have no hole. */
export const checkHistory = (history: History, clusterId: string): readonly string[] => {
  const states = history.filter(({ subject }) => subject === 'cluster').map(({ to }) => to);
  const incarnations = states.filter((state) => state === 'REQUESTED').length;
  const last = states.at(-1) ?? '';
  const hasHole = history.some(({ sequence }, index) => sequence !== index + 1);
  return [
    ...(incarnations === 1 ? [] : [`${clusterId} was started ${incarnations} times: ${states.join(' ')}`]),
    ...(terminal.has(last) ? [] : [`${clusterId} is ${last}`]),
    ...(hasHole ? [`the transitions of ${clusterId} have a hole`] : []),
  ];
};

/** The maximum number of clusters that were admitted at the same time. */
export const maxAdmitted = (histories: readonly History[]): number => {
  const changes = histories
    .flatMap((history) =>
      history.flatMap(({ to, at }) =>
        to === 'REQUESTED' ? [{ at, by: 1 }] : terminal.has(to) ? [{ at, by: -1 }] : [],
      ),
    )
    // Of two changes in the same millisecond, the end was first.
    .toSorted((one, other) => (one.at === other.at ? one.by - other.by : one.at < other.at ? -1 : 1));
  let [admitted, max] = [0, 0];
  for (const { by } of changes) {
    admitted += by;
    max = Math.max(max, admitted);
  }
  return max;
};

/**
 * Seconds between the end of a cluster and the admission of the command that takes its place. Empty when the limit held up no
 * command.
 */
export const listRefillSeconds = (histories: readonly History[], limit: number): readonly number[] => {
  const ends = timesOf(histories, ({ to }) => terminal.has(to));
  const admissions = timesOf(histories, ({ to }) => to === 'REQUESTED').slice(limit);
  return admissions.flatMap((at, index) => {
    const end = ends[index];
    return end === undefined || at < end ? [] : [(at - end) / 1000];
  });
};

export const median = (values: readonly number[]): number =>
  values.toSorted(compareNumbers)[Math.floor(values.length / 2)] ?? Number.NaN;
