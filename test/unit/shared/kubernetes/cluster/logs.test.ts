import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';

import { kubernetesWith, object } from './fixture.ts';

describe('logs', () => {
  it('are those of the newest JobManager', async () => {
    const { kubernetes, sent } = kubernetesWith(({ path }) => {
      const pods = [
        object('old', { creationTimestamp: '2026-11-23T11:00:00Z' }),
        object('new', { creationTimestamp: '2026-11-23T12:00:00Z' }),
      ];
      return { status: 200, body: path.includes('/log?') ? 'line' : { items: pods } };
    });

    const log = await kubernetes.readLog('my', { lines: 20, previous: true });

    expect(log).toBe('line');
    expect(sent[1]?.path).toBe(
      '/api/v1/namespaces/flink/pods/new/log?container=flink-main-container&tailLines=20&limitBytes=1000000&previous=true',
    );
  });

  it('are those of the container with the name', async () => {
    const { kubernetes, sent } = kubernetesWith(() => ({ status: 200, body: 'line' }));

    const log = await kubernetes.readLog('my', { lines: 5, pod: 'my-taskmanager-1-1', container: 'init' });

    expect(log).toBe('line');
    expect(sent.map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/flink/pods/my-taskmanager-1-1/log?container=init&tailLines=5&limitBytes=1000000&previous=false',
    ]);
  });

  it('are read once until the container ends, if that is requested', async () => {
    const { kubernetes, sent } = kubernetesWith(() => {
      throw new Fault('target-unreachable', 'no answer within 8 s');
    });

    const log = kubernetes.readLog('my', { lines: 5, pod: 'my-taskmanager-1-1', waitForEndMs: 8_000 });

    await expect(log).rejects.toMatchObject({ code: 'target-unreachable' });
    expect(sent).toMatchObject([{ path: expect.stringMatching(/previous=false&follow=true$/), timeoutMs: 8_000 }]);
  });

  it('are undefined for a container that has not started', async () => {
    const { kubernetes } = kubernetesWith(({ path }) =>
      path.includes('/log?') ? { status: 400 } : { status: 200, body: { items: [object('new')] } },
    );

    await expect(kubernetes.readLog('my', { lines: 20 })).resolves.toBeUndefined();
  });
});
