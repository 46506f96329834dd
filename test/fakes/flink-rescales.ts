import type { RestResponse } from '#shared/flink/rest/transport/transport.ts';

import { type FakeRescale, startTime } from './flink-jobs.ts';
import { respondErrors, respondJson } from './flink-responses.ts';

/** The answers of Flink 2.3 to `/v1/jobs/:jobid/rescales/…`. The history has the latest rescale first, without details. */
export const answerRescales = (
  rescales: readonly FakeRescale[],
  [what, id]: readonly (string | undefined)[],
): RestResponse => {
  if (what === 'history')
    return respondJson(
      rescales.toReversed().map((one) => ({ ...toAnswer(one), vertices: {}, slots: {}, schedulerStates: [] })),
    );
  const found = rescales.find((one) => one.id === id);
  return what === 'details' && found !== undefined
    ? respondJson(toAnswer(found))
    : respondErrors(404, `Could not find rescale ${id ?? ''}`);
};

const toAnswer = ({ id, state, failure }: FakeRescale) => ({
  rescaleUuid: id,
  resourceRequirementsUuid: 'e'.repeat(32),
  rescaleAttemptId: 1,
  terminalState: state ?? null,
  triggerCause: 'UPDATE_REQUIREMENT',
  terminatedReason: state === undefined ? null : 'SUCCEEDED',
  startTimestampInMillis: startTime,
  endTimestampInMillis: state === undefined ? null : startTime + 1_000,
  vertices: {
    a: {
      jobVertexName: 'Source -> Sink',
      preRescaleParallelism: 1,
      postRescaleParallelism: state === undefined ? null : 2,
      desiredParallelism: 2,
    },
  },
  slots: {},
  schedulerStates: [{ state: 'Executing', stringifiedException: failure ?? null }],
});
