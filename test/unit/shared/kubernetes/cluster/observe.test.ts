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

  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  it.each([
    ['with the name of the image', `flink@${digest}`, digest],
    ['alone', digest, digest],
    ['of an image that is not pulled', '', undefined],
    ['of another kind', 'docker://flink', undefined],
  ])('reads the digest of an image %s', async (_text, imageID, expected) => {
    const { pods } = await seen(pod(container({ running: {} }, { imageID })));

    expect(pods[0]?.imageDigest).toBe(expected);
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
    type: 'Warning',
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
      const pods = await kubernetes.listUnreadyPods();
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

  describe('while no JobManager is ready', () => {
    const event = (uid: string, reason: string, lastTimestamp: string) => ({
      metadata: {},
      involvedObject: { uid },
      type: reason === 'Scheduled' ? 'Normal' : 'Warning',
      reason,
      message: 'words',
      lastTimestamp,
    });
    const events = [
      event('uid-of-my-6d5f', 'FailedCreate', '2026-11-23T12:00:01Z'),
      event('uid-of-my-6d5f-abcde', 'Scheduled', '2026-11-23T12:00:02Z'),
      event('uid-of-my-6d5f-abcde', 'FailedMount', '2026-11-23T12:00:03Z'),
      event('uid-of-my-6d5f-abcde', 'Failed', '2026-11-23T12:00:04Z'),
      event('uid-of-another', 'BackOff', '2026-11-23T12:00:05Z'),
    ];
    /** An API server with thousands of events, which honors the field selector, and the bytes of its answers. */
    const observeWith = async (pods: readonly object[], deployment: object = object('my')) => {
      const answers: string[] = [];
      const paths: string[] = [];
      const noise = Array.from({ length: 2_000 }, (_, index) =>
        event(`uid-${index}`, 'Unhealthy', '2026-11-23T12:00:00Z'),
      );
      const answer = (path: string) => {
        const query = new URLSearchParams(path.split('?')[1]);
        const uid = query.get('fieldSelector')?.replace('involvedObject.uid=', '');
        if (path.includes('/pods?')) return { items: pods };
        if (path.includes('/replicasets?'))
          return { items: [object('my-6d5f', { ownerReferences }), object('my-2-6d5f')] };
        if (!path.includes('/events')) return deployment;
        return {
          items: [...events, ...noise].filter(({ involvedObject }) => uid === undefined || involvedObject.uid === uid),
        };
      };
      const { kubernetes } = kubernetesWith(({ path }) => {
        const body = answer(path);
        paths.push(path);
        answers.push(JSON.stringify(body));
        return { status: 200, body };
      });
      const { warnings } = await kubernetes.observe('my');
      const bytes = answers.join('').length;
      const allEvents = JSON.stringify({ items: [...events, ...noise] }).length;
      return { reasons: warnings.map(({ reason }) => reason), bytes, allEvents, paths };
    };

    it('returns the warnings of its pod, newest first, and reads no other events', async () => {
      const { reasons, paths, bytes, allEvents } = await observeWith([pod({})]);

      expect(reasons).toEqual(['Failed', 'FailedMount']);
      expect(paths.filter((path) => path.includes('/events'))).toHaveLength(1);
      // Before, a probe read the warnings of the whole namespace.
      expect(bytes).toBeLessThanOrEqual(0.05 * allEvents);
    });

    it('returns the warnings of its ReplicaSet and its Deployment before there is a pod', async () => {
      const { reasons, paths } = await observeWith([]);

      expect(reasons).toEqual(['FailedCreate']);
      expect(paths.filter((path) => path.includes('/events')).map((path) => decodeURIComponent(path))).toEqual([
        expect.stringMatching(/involvedObject\.uid=uid-of-my&limit=500$/),
        expect.stringMatching(/involvedObject\.uid=uid-of-my-6d5f&limit=500$/),
      ]);
    });

    it.each([
      ['a pod is ready', [pod({ conditions: [{ type: 'Ready', status: 'True' }] })], object('my')],
      ['the Deployment is being deleted', [pod({})], object('my', { deletionTimestamp: '2026-11-23T12:00:00Z' })],
    ])('reads no events when %s', async (_what, pods, deployment) => {
      const { paths } = await observeWith(pods, deployment);

      expect(paths).toHaveLength(2);
    });
  });
});
