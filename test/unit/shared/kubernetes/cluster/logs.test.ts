import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';

import { kubernetesWith, object } from './fixture.ts';

/** A pod of the Deployment. */
const own = (name: string, component = 'taskmanager', creationTimestamp = '2026-11-23T11:00:00Z') =>
  object(name, {
    labels: { component },
    creationTimestamp,
    ownerReferences: [{ kind: 'Deployment', name: 'my', uid: 'uid-of-my' }],
  });

describe('logs', () => {
  it('are those of the newest JobManager', async () => {
    const { kubernetes, sent } = kubernetesWith(({ path }) => {
      const pods = [
        own('old', 'jobmanager', '2026-11-23T11:00:00Z'),
        own('new', 'jobmanager', '2026-11-23T12:00:00Z'),
        own('my-taskmanager-1-1', 'taskmanager', '2026-11-23T13:00:00Z'),
      ];
      if (path.includes('/deployments/')) return { status: 200, body: object('my') };
      return { status: 200, body: path.includes('/log?') ? 'line' : { items: pods } };
    });

    const log = await kubernetes.readLog('my', { lines: 20, previous: true });

    expect(log).toBe('line');
    expect(sent.at(-1)?.path).toBe(
      '/api/v1/namespaces/flink/pods/new/log?container=flink-main-container&tailLines=20&limitBytes=1000000&previous=true',
    );
  });

  it('are those of the container with the name', async () => {
    const { kubernetes, sent } = kubernetesWith(({ path }) => {
      if (path.includes('/deployments/')) return { status: 200, body: object('my') };
      return { status: 200, body: path.includes('/log?') ? 'line' : { items: [own('my-taskmanager-1-1')] } };
    });

    const log = await kubernetes.readLog('my', { lines: 5, pod: 'my-taskmanager-1-1', container: 'init' });

    expect(log).toBe('line');
    expect(sent.map(({ path }) => path).filter((path) => path.includes('/log?'))).toEqual([
      '/api/v1/namespaces/flink/pods/my-taskmanager-1-1/log?container=init&tailLines=5&limitBytes=1000000&previous=false',
    ]);
  });

  it('are read once until the container ends, if that is requested', async () => {
    const { kubernetes, sent } = kubernetesWith(() => {
      throw new Fault('target-unreachable', 'no answer within 8 s');
    });

    const log = kubernetes.readLog('my', { lines: 5, pod: 'my-taskmanager-1-1', waitForEndMs: 8_000 });

    await expect(log).rejects.toMatchObject({ code: 'target-unreachable' });
    const reads = sent.filter(({ path }) => path.includes('/log?'));
    expect(reads).toMatchObject([{ path: expect.stringMatching(/previous=false&follow=true$/), timeoutMs: 8_000 }]);
  });

  it('are the lines of a time, with their times and up to a size, if that is requested', async () => {
    const { kubernetes, sent } = kubernetesWith(({ path }) => {
      if (path.includes('/deployments/')) return { status: 200, body: object('my') };
      return { status: 200, body: path.includes('/log?') ? 'line' : { items: [own('new', 'jobmanager')] } };
    });

    await kubernetes.readLog('my', { lines: 5, maxBytes: 5_000_000, sinceSeconds: 600, timestamps: true });

    expect(sent.at(-1)?.path).toMatch(/limitBytes=5000000&previous=false&sinceSeconds=600&timestamps=true$/);
    expect(sent.at(-1)?.maxAnswerBytes).toBe(5_100_000);
  });

  it('are undefined for a container that has not started', async () => {
    const { kubernetes } = kubernetesWith(({ path }) =>
      path.includes('/log?')
        ? { status: 400 }
        : { status: 200, body: path.includes('/deployments/') ? object('my') : { items: [own('new', 'jobmanager')] } },
    );

    await expect(kubernetes.readLog('my', { lines: 20 })).resolves.toBeUndefined();
  });
});
