import { styleText } from 'node:util';

import type { ClusterState } from '#events/records/cluster.ts';
import type { JobState } from '#events/records/job.ts';
import type { OperationState } from '#events/records/operation.ts';

import { indentLines, toOneLine } from './safe-text.ts';

export type Row = readonly string[];

const none = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
};
const noLines = { ...none, left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' };

/** Loads the library of tables. A command that calls it before a request does not wait for it after the answer. */
export const loadTable = () => import('cli-table3');

/** A table without borders. */
export const renderTable = async (heads: readonly string[], rows: readonly Row[]): Promise<string> => {
  const { default: Table } = await loadTable();
  const table = new Table({
    head: [...heads],
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map(toOneLine)));
  return withoutTrailingSpaces(table.toString());
};

/** One line per fact, `Name: value`, without undefined and empty values. */
export const renderFacts = (facts: Readonly<Record<string, string | undefined>>): readonly string[] => {
  const width = Math.max(...Object.keys(facts).map(({ length }) => length)) + 2;
  return Object.entries(facts).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${`${name}:`.padEnd(width)}${indentLines(value, width)}`],
  );
};

const withoutTrailingSpaces = (text: string) => text.replaceAll(/(?<! ) +$/gm, '');

type State = ClusterState | JobState | OperationState;

const stateColour = (state: State) => {
  switch (state) {
    case 'RUNNING':
    case 'FINISHED':
    case 'SUCCEEDED':
      return 'green';
    case 'FAILED':
    case 'FAILING':
      return 'red';
    case 'STOPPED':
    case 'CANCELED':
      return 'dim';
    default:
      return 'yellow';
  }
};

/** The state, colored if the stream supports colors. */
export const paintState = (state: State, stream: NodeJS.WritableStream): string =>
  styleText(stateColour(state), state, { stream });
