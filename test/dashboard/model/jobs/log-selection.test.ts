import { describe, expect, it } from 'vitest';

import {
  listKeptSources,
  readSelection,
  splitMatches,
  toLogCommand,
  toLogQuery,
  writeSelection,
} from '../../../../dashboard/model/jobs/log-selection.ts';
import { makeKeptLogs } from '../../support/fixtures.ts';

const select = (parameters: string) => readSelection(new URLSearchParams(parameters));

describe('the selection of a log', () => {
  it.each([
    ['', { lines: 100 }],
    ['log=taskmanager-2&since=1h', { lines: 100, component: 'taskmanager', number: 2, since: '1h' }],
    ['log=pod%2Fnightly-1&previous=true', { lines: 100, pod: 'nightly-1', previous: 'true' }],
    ['log=pod%2Fnightly-1%2F3&previous=true', { lines: 100, pod: 'nightly-1', restart: 3 }],
    ['incarnation=op&search=error', { lines: 100, incarnation: 'op', grep: 'error' }],
  ])('of the address %s is the query %j', (parameters, query) => {
    expect(toLogQuery(select(parameters), 100)).toEqual(query);
  });

  it.each(['', 'log=pod%2Fa&incarnation=op&previous=true&search=x+y&since=5m'])(
    'is the same after it was written to the address: %s',
    (parameters) => {
      const selection = select(parameters);
      expect(readSelection(new URLSearchParams(writeSelection(selection)))).toEqual(selection);
    },
  );

  it('has a command line', () => {
    const ref = { target: 'etl', clusterId: 'nightly' };
    expect(toLogCommand(ref, select('log=taskmanager-2&search=error'), 100).join(' ')).toBe(
      'logs nightly --at etl -n 100 --taskmanager 2 --grep error',
    );
    expect(toLogCommand(ref, select('log=pod%2Fnightly-1%2F3&incarnation=op'), 100).join(' ')).toBe(
      'logs nightly --at etl -n 100 --pod nightly-1 --incarnation op --restart 3',
    );
    expect(toLogCommand(ref, select('log=exceptions&incarnation=op&search=x&previous=true'), 100).join(' ')).toBe(
      'logs nightly --at etl --exceptions --incarnation op',
    );
  });

  it('has the pods of the kept logs to choose from', () => {
    expect(listKeptSources(makeKeptLogs().files)).toEqual([
      { value: 'pod/nightly-6d4cf56db-abcde', label: 'JobManager' },
      { value: 'pod/nightly-taskmanager-1-1', label: 'TaskManager' },
    ]);
  });
});

describe('splitMatches', () => {
  const marked = (text: string, search: string) =>
    splitMatches(text, search)
      .map((piece) => (piece.isMatch ? `[${piece.text}]` : piece.text))
      .join('');

  it.each([
    ['an Error, an error', 'error', 'an [Error], an [error]'],
    ['a.b', '.', 'a[.]b'],
    ['aaa', 'aa', '[aa]a'],
    ['nothing', 'x', 'nothing'],
    ['nothing', '', 'nothing'],
    ['İ error', 'error', 'İ error'],
  ])('of %s by %s is %s', (text, search, result) => expect(marked(text, search)).toBe(result));
});
