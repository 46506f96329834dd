import type { RestResponse } from '#shared/flink/rest/transport/transport.ts';

import { type FakeJob, startTime, terminalStates } from './flink-jobs.ts';
import { respondErrors, respondJson } from './flink-responses.ts';

/** The program of an application cluster. */
export interface FakeApplication {
  readonly id: string;
  /** Left out: the program ends with its jobs. */
  readonly state?: 'RUNNING' | 'FAILING' | 'FAILED' | 'CANCELED' | 'FINISHED';
  /** The stack trace of an exception of main(). */
  readonly failure?: string;
}

/** The answers of Flink 2.3 to `/v1/applications/…`. */
export const answerApplications = (
  application: FakeApplication | undefined,
  jobs: ReadonlyMap<string, FakeJob>,
  [id, action]: readonly (string | undefined)[],
): RestResponse => {
  if (id === 'overview') {
    const found = application === undefined ? [] : [application];
    return respondJson({
      applications: found.map((one) => ({
        id: one.id,
        name: 'the main class',
        'start-time': startTime,
        'end-time': -1,
        duration: 1_000,
        status: one.state ?? deriveState(jobs),
        jobs: {},
      })),
    });
  }
  if (application === undefined || application.id !== id)
    return respondErrors(404, `Could not find Flink application (${id ?? ''})`);
  if (action !== 'exceptions') return respondErrors(404, 'Not found');
  const failure = application.failure ?? [...jobs.values()].find(({ state }) => state === 'FAILED')?.failure;
  const entry = { exceptionName: 'java.lang.Exception', stacktrace: failure, timestamp: startTime };
  return respondJson({ exceptionHistory: { entries: failure === undefined ? [] : [entry] } });
};

const deriveState = (jobs: ReadonlyMap<string, FakeJob>): string => {
  const states = [...jobs.values()].map(({ state }) => state);
  if (states.length === 0 || !states.every((state) => terminalStates.has(state))) return 'RUNNING';
  return states.find((state) => state !== 'FINISHED') ?? 'FINISHED';
};
