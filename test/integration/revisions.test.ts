import { describe, expect, it } from 'vitest';

import type { RevisionWithSpec } from '#events/records/revisions.ts';

import { call, clusterPath, freshId, startCluster, stop, unschedulable, untilState } from '../support/system.ts';

describe('the revisions of a cluster', () => {
  it('name each deploy with what became of it, and have its spec', async () => {
    const clusterId = freshId('revised');
    const revisions = `${clusterPath(clusterId)}/revisions`;
    const session = { mode: 'session', clusterId, config: unschedulable };
    const first = await startCluster(session);
    await stop(clusterId);
    await untilState(clusterId, 'STOPPED');
    const job = { jar: 'local:///opt/flink/usrlib/a.jar', args: ['--user', 'ada'] };
    const second = await startCluster({ mode: 'application', clusterId, config: unschedulable, job });

    const list = await call(`GET`, revisions);
    expect(list).toMatchObject({
      status: 200,
      body: {
        revisions: [
          { number: 2, operationId: second.operationId, outcome: 'pending', mode: 'application', jar: job.jar },
          { number: 1, operationId: first.operationId, outcome: 'superseded', mode: 'session' },
        ],
      },
    });
    expect(await call('GET', clusterPath(clusterId))).toMatchObject({ body: { revision: 2 } });
    const { body: oldest } = await call<RevisionWithSpec>('GET', `${revisions}/1`);
    expect(oldest.deploy).toMatchObject({ mode: 'session', clusterId, config: unschedulable });
    const { body: newest } = await call<RevisionWithSpec>('GET', `${revisions}/2`);
    expect(newest.deploy).toMatchObject({ job: { jar: job.jar, args: ['******', '******'] } });
    expect(newest.digest).not.toBe(oldest.digest);
    expect(await call('GET', `${revisions}/3`)).toMatchObject({ status: 404, body: { code: 'not-found' } });

    await stop(clusterId);
    await untilState(clusterId, 'STOPPED');
  }, 180_000);
});
