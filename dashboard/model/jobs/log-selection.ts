import type { KeptFile, LogQuery } from '../../api/types.ts';
import type { ClusterRef } from '../commands/command.ts';

/** Which log a reader looks at. It is in the address, so that a link leads to it. */
export interface LogSelection {
  /**
   * `jobmanager`, `taskmanager-N` by number, `pod/NAME`, the container of a pod after some restarts as `pod/NAME/RESTARTS`, or
   * what the JobManager knows: `exceptions`.
   */
  readonly source: string;
  /** The deploy operation of an incarnation, of which the kept log is read. */
  readonly incarnation?: string | undefined;
  /** The container before the last restart. */
  readonly isPrevious: boolean;
  readonly search: string;
  readonly since: string;
}

export const readSelection = (parameters: URLSearchParams): LogSelection => ({
  source: parameters.get('log') ?? 'jobmanager',
  incarnation: parameters.get('incarnation') ?? undefined,
  isPrevious: parameters.get('previous') === 'true',
  search: parameters.get('search') ?? '',
  since: parameters.get('since') ?? '',
});

/** The parameters of the address that differ from the default. */
export const writeSelection = ({
  source,
  incarnation,
  isPrevious,
  search,
  since,
}: LogSelection): Record<string, string> => ({
  tab: 'logs',
  ...(source === 'jobmanager' ? {} : { log: source }),
  ...(incarnation === undefined ? {} : { incarnation }),
  ...(isPrevious ? { previous: 'true' } : {}),
  ...(search === '' ? {} : { search }),
  ...(since === '' ? {} : { since }),
});

/** The query of the API for a log. */
export const toLogQuery = (
  { source, incarnation, isPrevious, search, since }: LogSelection,
  lines: number,
): LogQuery => {
  const number = /^taskmanager-(\d+)$/.exec(source)?.[1];
  const [, pod, restart] = /^pod\/([^/]+)(?:\/(\d+))?$/.exec(source) ?? [];
  return {
    lines,
    ...(number === undefined ? {} : { component: 'taskmanager', number: Number(number) }),
    ...(pod === undefined ? {} : { pod }),
    ...(incarnation === undefined ? {} : { incarnation }),
    ...(restart === undefined ? {} : { restart: Number(restart) }),
    ...(isPrevious && restart === undefined ? { previous: 'true' } : {}),
    ...(search === '' ? {} : { grep: search }),
    ...(since === '' ? {} : { since }),
  };
};

/** The words after `drey` that print what the JobManager knows, or knew at the end of an incarnation. */
export const toFactCommand = (
  { target, clusterId }: ClusterRef,
  option: '--exceptions' | '--job-details' | '--configuration',
  incarnation: string | undefined,
): readonly string[] => [
  'logs',
  clusterId,
  '--at',
  target,
  option,
  ...(incarnation === undefined ? [] : ['--incarnation', incarnation]),
];

/** The words after `drey` that print the same log. */
export const toLogCommand = (ref: ClusterRef, selection: LogSelection, lines: number): readonly string[] => {
  if (selection.source === 'exceptions') return toFactCommand(ref, '--exceptions', selection.incarnation);
  const { number, pod, component, incarnation, restart, previous, grep, since } = toLogQuery(selection, lines);
  return [
    'logs',
    ref.clusterId,
    '--at',
    ref.target,
    '-n',
    String(lines),
    ...(component === undefined ? [] : ['--taskmanager', String(number)]),
    ...(pod === undefined ? [] : ['--pod', pod]),
    ...(incarnation === undefined ? [] : ['--incarnation', incarnation]),
    ...(restart === undefined ? [] : ['--restart', String(restart)]),
    ...(previous === undefined ? [] : ['--previous']),
    ...(since === undefined ? [] : ['--since', since]),
    ...(grep === undefined ? [] : ['--grep', grep]),
  ];
};

/** The logs to choose from, as values of `source`: those of the pods of a kept incarnation. */
export const listKeptSources = (
  files: readonly KeptFile[],
): readonly { readonly value: string; readonly label: string }[] => {
  const pods = new Map(
    files.flatMap((file) => (file.kind === 'log' && file.pod !== undefined ? [[file.pod, file]] : [])),
  );
  return [...pods.values()].map(({ pod = '', component }) => ({
    value: `pod/${pod}`,
    label: component === 'jobmanager' ? 'JobManager' : 'TaskManager',
  }));
};

/** A piece of a line, and whether it is what the reader searches for. */
interface Piece {
  readonly text: string;
  readonly isMatch: boolean;
}

/** The pieces of a text around the matches of a search, in any case. */
export const splitMatches = (text: string, search: string): readonly Piece[] => {
  if (search === '') return [{ text, isMatch: false }];
  const pieces: Piece[] = [];
  const [haystack, needle] = [text.toLowerCase(), search.toLowerCase()];
  // Some characters have another length in lower case.
  if (haystack.length !== text.length) return [{ text, isMatch: false }];
  let from = 0;
  for (let at = haystack.indexOf(needle); at !== -1; at = haystack.indexOf(needle, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), isMatch: false });
    pieces.push({ text: text.slice(at, at + needle.length), isMatch: true });
    from = at + needle.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isMatch: false });
  return pieces;
};
