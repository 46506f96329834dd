import pMap from 'p-map';

import type { RunResult, ScheduleRun } from '#events/records/schedules.ts';
import type { Page, PageRequest } from '#shared/clusters/model/page.ts';
import type { ScheduleName } from '#shared/clusters/model/records/records.ts';
import { cutToBytes } from '#shared/clusters/model/records/size.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { commit, retryOnConflict } from '#shared/clusters/store/transact.ts';

import { readSchedule } from './schedules.ts';

const maxReadsAtOnce = 16;
/** The problems of a page of runs stay small beside the runs. The operation has the whole text. */
const maxProblemBytes = 500;
/** An HTTP request has time to read so many operations. */
const maxReads = 1_000;

/**
 * A page of the runs of a schedule, newest first. The newest thousand commands have the states of their operations. The runs
 * stay readable after the schedule is removed.
 *
 * @throws Fault `not-found` when there is no run, and no schedule.
 */
export const listRuns = async (
  scheduleName: ScheduleName,
  request: PageRequest,
  ports: Ports,
): Promise<Page<ScheduleRun>> => {
  const { items: runs, ...page } = await ports.store.runs(scheduleName, request);
  if (runs.length === 0) await readSchedule(scheduleName, ports);
  const newest = runs.flatMap(({ results }) => results).slice(0, maxReads);
  const read = await pMap(newest, (result) => addState(result, ports), { concurrency: maxReadsAtOnce });
  const withStates = new Map(newest.map((result, index) => [result, read[index]]));
  const items = runs.map((run) => ({
    ...run,
    results: run.results.map((result) => withStates.get(result) ?? result),
  }));
  return { ...page, items };
};

const addState = async (result: RunResult, { store }: Ports): Promise<RunResult> => {
  const operation = result.operationId === undefined ? undefined : await store.operation(result.operationId);
  if (operation === undefined) return result;
  const { state, problem } = operation.value;
  if (problem === undefined) return { ...result, state };
  return { ...result, state, code: problem.code, detail: cutToBytes(problem.detail, maxProblemBytes) };
};

/** The record of a run stores at most this many bytes of details. The rest is for the ids of a thousand commands. */
const maxDetailBytes = 150_000;

/** Shortens the details of a run with many failures, so that its record holds all of them. */
export const shortenDetails = (results: readonly RunResult[]): readonly RunResult[] => {
  const maxBytes = Math.floor(maxDetailBytes / Math.max(results.length, 1));
  return results.map((result) =>
    result.detail === undefined ? result : { ...result, detail: cutToBytes(result.detail, maxBytes) },
  );
};

/** Saves a run, unless it has ended. Concurrent deliveries of one timer event save the same commands. */
export const saveRun = (run: ScheduleRun, ports: Ports): Promise<void> =>
  retryOnConflict(ports, async () => {
    const current = await ports.store.run(run, run.runId);
    if (current?.value.endedAt === undefined) await commit({ run: { value: run, previous: current?.version } }, ports);
  });
