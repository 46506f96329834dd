import { expect, it } from 'vitest';

import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, clusterRef, startSession, world } from '#test/unit/shared/clusters/fixture.ts';

/** Each answer may have 8 MB, and a function has 512 MB for all that it holds at once. */
const maxAtOnce = 8;

it.each([
  ['exceptions', 'FAILED'],
  ['checkpoints', 'FINISHED'],
] as const)('the %s of many %s jobs are not read all at once', async (path, state) => {
  await startSession(sendHttp);
  const { flink } = world.kubernetes.cluster(clusterId);
  for (let index = 0; index < 100; index += 1)
    flink.addJob(String(index).padStart(32, '0'), { state, failure: 'a.b.CException: x' });
  const answer = flink.answer.bind(flink);
  let [open, most, read] = [0, 0, 0];
  flink.answer = async (request) => {
    if (!request.path.endsWith(`/${path}`)) return answer(request);
    open += 1;
    read += 1;
    most = Math.max(most, open);
    await new Promise(setImmediate);
    open -= 1;
    return answer(request);
  };

  await observeJobs(clusterRef, world.ports);

  expect(read).toBe(100);
  expect(most).toBeLessThanOrEqual(maxAtOnce);
});
