import { describe, expect, it } from 'vitest';

import { kubernetesWith, object, operationId } from './fixture.ts';

describe('observe', () => {
  const seen = (pod: object, events: readonly object[] = [], deployment: object = object('my')) =>
    kubernetesWith(({ path }) => {
      if (path.includes('/pods')) return { status: 200, body: { items: [pod] } };
      if (path.includes('/events')) return { status: 200, body: { items: events } };
      return { status: 200, body: deployment };
    }).kubernetes.observe('my');
  const ownerReferences = [{ kind: 'Deployment', name: 'my', uid: 'uid-of-my' }];
  const pod = (status: object) =>
    object(
      'my-6d5f-abcde',
      { labels: { component: 'jobmanager' }, ownerReferences },
      { status: { phase: 'Pending', ...status } },
    );
  const container = (state: object, more: object = {}) => ({
    containerStatuses: [{ name: 'flink-main-container', ready: false, restartCount: 0, state, ...more }],
  });

  it.each([
    [
      'no node has room',
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }] },
      { reason: 'Unschedulable', message: '0/1 nodes' },
    ],
    [
      'its image is not there',
      container({ waiting: { reason: 'ImagePullBackOff', message: 'Back-off' } }),
      { reason: 'ImagePullBackOff', message: 'Back-off' },
    ],
    [
      'a Secret is missing',
      container({ waiting: { reason: 'CreateContainerConfigError', message: 'secret "x" not found' } }),
      { reason: 'CreateContainerConfigError', message: 'secret "x" not found' },
    ],
    [
      'it ends again and again',
      container(
        { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
        { restartCount: 3, lastState: { terminated: { exitCode: 2, reason: 'Error' } } },
      ),
      {
        reason: 'CrashLoopBackOff',
        message: 'back-off 10s; container flink-main-container ended with exit code 2 (Error)',
        container: 'flink-main-container',
        exitCode: 2,
      },
    ],
    [
      'it took too much memory',
      container({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      {
        reason: 'OOMKilled',
        message: 'container flink-main-container ended with exit code 137 (OOMKilled)',
        container: 'flink-main-container',
        exitCode: 137,
      },
    ],
    [
      'it was evicted',
      { phase: 'Failed', reason: 'Evicted', message: 'low on disk' },
      { reason: 'Evicted', message: 'low on disk' },
    ],
    [
      'an init container fails',
      {
        initContainerStatuses: [
          { name: 'init', ready: false, restartCount: 0, state: { terminated: { exitCode: 1, reason: 'Error' } } },
        ],
      },
      { reason: 'Error', message: 'container init ended with exit code 1 (Error)', container: 'init', exitCode: 1 },
    ],
    [
      'it is only being started',
      {
        initContainerStatuses: [{ name: 'init', ready: true, restartCount: 0, state: { terminated: { exitCode: 0 } } }],
        ...container({ waiting: { reason: 'PodInitializing' } }),
      },
      undefined,
    ],
    ['it runs after a restart', container({ running: {} }, { lastState: { terminated: { exitCode: 1 } } }), undefined],
  ])('reports the trouble of a pod when %s', async (_, status, trouble) => {
    const { pods } = await seen(pod(status));

    expect(pods[0]?.trouble).toEqual(trouble);
  });

  const mountFailure = (seconds: number, message: string, uid = 'uid-of-my-6d5f-abcde') => ({
    metadata: {},
    involvedObject: { kind: 'Pod', name: 'my-6d5f-abcde', uid },
    reason: 'FailedMount',
    message,
    firstTimestamp: '2026-11-24T12:00:00Z',
    lastTimestamp: new Date(Date.parse('2026-11-24T12:00:00Z') + seconds * 1_000).toISOString(),
  });
  const waiting = pod(container({ waiting: { reason: 'ContainerCreating' } }));

  it('reports a volume that is still missing after 30 seconds, with what to do', async () => {
    const { pods } = await seen(waiting, [mountFailure(32, 'configmap "hadoop-config-my" not found')]);

    expect(pods[0]?.trouble).toEqual({
      reason: 'FailedMount',
      message: expect.stringMatching(/^configmap "hadoop-config-my" not found; .*hadoop-conf-mount\.enabled=false\.$/),
    });
  });

  it.each([
    ['a volume that came a moment later', mountFailure(2, 'configmap "my" not found')],
    ['the warning of an earlier pod of the same name', mountFailure(60, 'not found', 'uid-of-another')],
  ])('reports no trouble for %s', async (_what, event) => {
    expect((await seen(waiting, [event])).pods[0]?.trouble).toBeUndefined();
  });

  it('lists the pods with the same trouble, and reads events only for a pod that waits', async () => {
    const list = async (item: object) => {
      const { kubernetes, sent } = kubernetesWith(({ path }) => ({
        status: 200,
        body: { items: path.includes('/events') ? [mountFailure(40, 'secret "x" not found')] : [item] },
      }));
      const pods = await kubernetes.listPods();
      return { pods, paths: sent.map(({ path }) => path) };
    };

    const { pods } = await list(waiting);
    const running = await list(pod({ phase: 'Running', ...container({ running: {} }) }));

    expect(pods[0]?.trouble).toEqual({ reason: 'FailedMount', message: 'secret "x" not found' });
    expect(running.pods[0]?.trouble).toBeUndefined();
    expect(running.paths.filter((path) => path.includes('/events'))).toEqual([]);
  });

  it('reports a pod as ready when Kubernetes does', async () => {
    const { pods, deployment } = await seen(
      pod({
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        ...container({ running: {} }, { restartCount: 2 }),
      }),
      [],
      object('my', { annotations: { 'drey.dev/operation': operationId } }, { status: { readyReplicas: 1 } }),
    );

    expect(pods).toEqual([
      {
        name: 'my-6d5f-abcde',
        component: 'jobmanager',
        phase: 'Running',
        ready: true,
        restarts: 2,
        reached: {},
        trouble: undefined,
        sidecarTrouble: undefined,
      },
    ]);
    expect(deployment).toEqual({ clusterId: 'my', uid: 'uid-of-my', operationId, deleting: false, readyReplicas: 1 });
  });

  it('reports when a pod had a node, its image and its container', async () => {
    const [scheduled, pulling, started] = ['2026-11-24T01:10:01Z', '2026-11-24T01:10:02Z', '2026-11-24T01:10:09Z'];
    const pull = (name: string, firstTimestamp: string) => ({
      metadata: {},
      involvedObject: { kind: 'Pod', name },
      reason: 'Pulling',
      firstTimestamp,
      lastTimestamp: '2026-11-24T01:10:30Z',
    });

    const { pods } = await seen(
      pod({
        conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: scheduled }],
        ...container({ running: { startedAt: started } }),
      }),
      [pull('my-6d5f-abcde', pulling), pull('my-2-6d5f-abcde', '2026-11-24T01:00:00Z')],
    );

    expect(pods[0]?.reached).toEqual({ scheduled, pulling, started });
  });

  const annotations = { 'drey.dev/operation': operationId };

  it.each([
    ['that its Deployment owns', { ownerReferences }, true],
    ['that the same operation created', { annotations }, true],
    ['without an owner', {}, false],
    ['of another Deployment', { ownerReferences: [{ kind: 'Deployment', name: 'my', uid: 'another' }] }, false],
    ['of another operation', { annotations: { 'drey.dev/operation': 'another' } }, false],
  ])('returns a pod %s only if it is one of the cluster, and its log', async (_what, metadata, isOwn) => {
    const found = object('my-pod', { labels: { app: 'my', component: 'jobmanager' }, ...metadata }, { status: {} });
    const { kubernetes } = kubernetesWith(({ path }) => {
      if (path.includes('/log?')) return { status: 200, body: 'line' };
      if (path.includes('/deployments/')) return { status: 200, body: object('my', { annotations }) };
      return { status: 200, body: { items: path.includes('/pods?') ? [found] : [] } };
    });

    expect((await kubernetes.observe('my')).pods).toHaveLength(isOwn ? 1 : 0);
    expect(await kubernetes.readLog('my', { lines: 1 })).toBe(isOwn ? 'line' : undefined);
    expect(await kubernetes.readLog('my', { lines: 1, pod: 'my-pod' })).toBe(isOwn ? 'line' : undefined);
  });

  it('returns the warnings of this cluster, newest first', async () => {
    const event = (kind: string, name: string, lastTimestamp: string, reason = `${kind} ${name}`) => ({
      metadata: {},
      involvedObject: { kind, name },
      reason,
      message: 'words',
      lastTimestamp,
    });

    const { warnings } = await seen(
      pod({}),
      [
        event('Pod', 'my-taskmanager-1-2', '2026-11-23T12:00:01Z'),
        event('ReplicaSet', 'my-6d5f', '2026-11-23T12:00:03Z', 'FailedCreate'),
        event('Pod', 'my-6d5f-abcde', '2026-11-23T12:00:02Z'),
        event('Pod', 'my-6d5f-zzzzz', '2026-11-23T11:00:00Z', 'of an earlier cluster'),
        event('ReplicaSet', 'my-first-6d5f', '2026-11-23T12:00:02Z', 'of my-first'),
        event('Pod', 'my-first-6d5f-abcde', '2026-11-23T12:00:02Z', 'of my-first'),
        event('constructor', 'my', '2026-11-23T12:00:02Z', 'of something else'),
      ],
      object('my', { creationTimestamp: '2026-11-23T11:30:00Z' }),
    );

    expect(warnings.map(({ reason }) => reason)).toEqual([
      'FailedCreate',
      'Pod my-6d5f-abcde',
      'Pod my-taskmanager-1-2',
    ]);
  });
});
