import type { ScheduleRun } from '../../api/types.ts';

type Result = ScheduleRun['results'][number];

/** What a run did, or did not do, to one cluster or job. */
export interface RunRow {
  readonly id: string;
  readonly scheduledAt: string;
  readonly clusterId?: string | undefined;
  readonly jobId?: string | undefined;
  readonly operationId?: string | undefined;
  /** A state of an operation, or one of `missed`, `skipped`, `no clusters`, `unchanged`, `refused`, `pending`, `accepted`. */
  readonly result: string;
  readonly why: string;
}

/** A row for each command of the runs, and for what they left out. */
export const toRows = (runs: readonly ScheduleRun[]): readonly RunRow[] =>
  runs.flatMap(({ runId, scheduledAt, results, missed, skipped }) => {
    const describe = (part: string, result: string, why: string): RunRow => ({
      id: `${runId} ${part}`,
      scheduledAt,
      result,
      why,
    });
    return [
      ...(missed === undefined ? [] : [describe('missed', 'missed', missed)]),
      ...(results.length === 0 && missed === undefined
        ? [describe('none', 'no clusters', 'The schedule selected nothing.')]
        : []),
      ...results.map((one, index) => ({
        ...describe(String(index), findResult(one), [one.code, one.detail].filter(Boolean).join(': ')),
        clusterId: one.clusterId,
        jobId: one.jobId,
        operationId: one.operationId,
      })),
      ...(skipped === undefined
        ? []
        : [describe('skipped', 'skipped', `${skipped} more were selected. A run processes at most 1,000.`)]),
    ];
  });

/** The state of the command, or what became of it when its operation is not known. */
const findResult = ({ operationId, state, unchanged, code }: Result): string => {
  if (unchanged === true) return 'unchanged';
  if (state !== undefined) return state;
  if (code !== undefined) return 'refused';
  return operationId === undefined ? 'pending' : 'accepted';
};

/** The results of a run by their number: `3 SUCCEEDED, 1 refused, 20 skipped`. */
export const summarizeRun = ({ skipped, ...run }: ScheduleRun): string =>
  [
    ...[...Map.groupBy(toRows([run]), ({ result }) => result)].map(([result, { length }]) =>
      ['missed', 'no clusters'].includes(result) ? result : `${length} ${result}`,
    ),
    ...(skipped === undefined ? [] : [`${skipped} skipped`]),
  ].join(', ');
