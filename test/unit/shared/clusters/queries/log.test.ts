import { describe, expect, it } from 'vitest';

import { readLog } from '#shared/clusters/queries/jobs.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, clusterRef, runWorkflows, startSession, world } from '#test/unit/shared/clusters/fixture.ts';

describe('the log of a cluster that has ended', () => {
  it('is refused with the time of the end, because it went with the JobManager', async () => {
    await startSession(sendHttp);
    await sendHttp('stop', { clusterId }, world);
    await runWorkflows();

    await expect(readLog(clusterRef, { lines: 10, previous: false }, world.ports)).rejects.toMatchObject({
      code: 'wrong-state',
      message: expect.stringMatching(
        /is STOPPED since 2026-11-23T12:\S+Z\. Its log was removed with its JobManager\.$/,
      ),
    });
  });
});
