import { describe, expect, it } from 'vitest';

import type { NamedTarget } from '#events/target.ts';
import { Fault } from '#events/problem.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import type { Client, Request } from '#shared/kubernetes/client.ts';
import { kubernetesOf } from '#shared/kubernetes/cluster.ts';
import { type Answer, refusalOf } from '#shared/kubernetes/status.ts';

const target: NamedTarget = {
  name: 'etl',
  cluster: 'analytics',
  region: 'eu-central-1',
  namespace: 'flink',
  defaults: {},
  locked: [],
  limits: {},
  shares: {},
  maxQueued: 100,
  maxJarBytes: 1,
};
const operationId = '0'.repeat(32);

type Handler = (request: Request) => { readonly status: number; readonly body?: unknown };

/** The adapter over a client whose answers the test gives, and what it sent. */
const kubernetesWith = (handle: Handler) => {
  const sent: Request[] = [];
  const send: Client['send'] = async (request) => {
    sent.push(request);
    const { status, body } = handle(request);
    const answer: Answer = { status, body, retryAfterSeconds: undefined };
    if (status >= 300 && request.expected?.includes(status) !== true) throw refusalOf(answer, target);
    return answer;
  };
  const client: Client = {
    send,
    async get(path, schema) {
      const { status, body } = await send({ method: 'GET', path, expected: [404] });
      return status === 404 ? undefined : schema.parse(body);
    },
    async list(path, schema, query) {
      const { body } = await send({ method: 'GET', path: `${path}?${new URLSearchParams(query).toString()}` });
      return (body as { items: unknown[] }).items.map((item) => schema.parse(item)); // What the test gave.
    },
  };
  const access = { open: () => Promise.reject(new Error('not used')), forget: () => {} };
  return { kubernetes: kubernetesOf(target, access, new AbortController().signal, client), sent };
};

const object = (name: string, metadata: object = {}, rest: object = {}) => ({
  metadata: { name, uid: `uid-of-${name}`, ...metadata },
  ...rest,
});
const manifests = renderCluster({ mode: 'session', clusterId: 'my', namespace: 'flink', config: {} });
const deployments = '/apis/apps/v1/namespaces/flink/deployments';
const lines = (sent: readonly Request[]) => sent.map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`);

describe('apply', () => {
  /** A server where one object is there already. */
  const withExisting = (path: string, existing: object): Handler => {
    const collection = path.slice(0, path.lastIndexOf('/'));
    const name = path.slice(path.lastIndexOf('/') + 1);
    return ({ method, path: asked, json }) => {
      const named = (json as { metadata?: { name?: string } } | undefined)?.metadata?.name;
      if (method === 'POST' && asked.replace('?fieldValidation=Strict', '') === collection && named === name)
        return { status: 409 };
      if (method === 'POST') return { status: 201, body: object(named ?? '') };
      if (method === 'GET' && asked === path) return { status: 200, body: existing };
      return { status: method === 'GET' ? 404 : 200 };
    };
  };
  const rest = '/api/v1/namespaces/flink/services/my-rest';

  it('reads nothing before, notes the operation on the Deployment alone, and makes it the owner of the rest', async () => {
    const { kubernetes, sent } = kubernetesWith(({ json }) => ({
      status: 201,
      body: object((json as { metadata: { name: string } }).metadata.name),
    }));

    const { uid } = await kubernetes.apply(manifests, operationId);

    expect(uid).toBe('uid-of-my');
    expect(lines(sent)).toEqual([
      `POST ${deployments}`,
      'POST /api/v1/namespaces/flink/services',
      'POST /api/v1/namespaces/flink/services',
      'POST /api/v1/namespaces/flink/configmaps',
    ]);
    expect(sent[0]?.json).toMatchObject({ metadata: { annotations: { 'drey.dev/operation': operationId } } });
    expect(JSON.stringify(sent[0]?.json).match(/drey\.dev/g)).toHaveLength(1);
    const owners = sent
      .slice(1)
      .map(({ json }) => (json as { metadata: { ownerReferences: unknown[] } }).metadata.ownerReferences);
    expect(new Set(owners.map((owner) => JSON.stringify(owner))).size).toBe(1);
    expect(owners[0]).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'my',
        uid: 'uid-of-my',
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  });

  it('goes on with what it made before', async () => {
    const annotations = { 'drey.dev/operation': operationId };
    const { kubernetes } = kubernetesWith(
      withExisting(`${deployments}/my`, object('my', { uid: 'earlier', annotations })),
    );

    await expect(kubernetes.apply(manifests, operationId)).resolves.toEqual({ uid: 'earlier' });
  });

  it('takes an object that its Deployment owns for its own', async () => {
    const ownerReferences = [{ kind: 'Deployment', name: 'my', uid: 'uid-of-my' }];
    const { kubernetes, sent } = kubernetesWith(withExisting(rest, object('my-rest', { ownerReferences })));

    await kubernetes.apply(manifests, operationId);

    expect(lines(sent)).not.toContain(`DELETE ${deployments}/my`);
  });

  it.each([
    ['that belongs to nobody of Drey', {}, 'id-taken', 'was not deployed by Drey'],
    [
      'of another operation',
      { annotations: { 'drey.dev/operation': 'other' } },
      'id-taken',
      'belongs to operation other',
    ],
    ['that is being deleted', { deletionTimestamp: '2026-11-23T12:00:00Z' }, 'not-ready', 'still being removed'],
    [
      'of its own that is being deleted',
      { annotations: { 'drey.dev/operation': operationId }, deletionTimestamp: '2026-11-23T12:00:00Z' },
      'id-taken',
      'is being deleted',
    ],
  ])('stops at a Deployment %s, and changes nothing', async (_, metadata, code, message) => {
    const { kubernetes, sent } = kubernetesWith(withExisting(`${deployments}/my`, object('my', metadata)));

    await expect(kubernetes.apply(manifests, operationId)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });

    expect(lines(sent)).toEqual([`POST ${deployments}`, `GET ${deployments}/my`]);
  });

  it('waits for what an earlier cluster of the id left to go, and keeps its Deployment', async () => {
    const ownerReferences = [{ kind: 'Deployment', name: 'my', uid: 'of-yesterday' }];
    const { kubernetes, sent } = kubernetesWith(withExisting(rest, object('my-rest', { ownerReferences })));

    await expect(kubernetes.apply(manifests, operationId)).rejects.toMatchObject({ code: 'not-ready' });

    expect(lines(sent).filter((line) => !/^(POST|GET)/.test(line))).toEqual([]);
  });

  it("removes its Deployment again, by uid, when a name is somebody else's", async () => {
    const { kubernetes, sent } = kubernetesWith(withExisting(rest, object('my-rest')));

    await expect(kubernetes.apply(manifests, operationId)).rejects.toMatchObject({ code: 'id-taken' });

    const changes = sent.filter(({ method }) => method === 'DELETE');
    expect(changes).toMatchObject([
      { path: `${deployments}/my`, json: { propagationPolicy: 'Foreground', preconditions: { uid: 'uid-of-my' } } },
    ]);
  });

  it('keeps its Deployment for another try after a passing failure', async () => {
    const { kubernetes, sent } = kubernetesWith(({ path, json }) =>
      path.endsWith('/services')
        ? { status: 503 }
        : { status: 201, body: object((json as { metadata: { name: string } }).metadata.name) },
    );

    await expect(kubernetes.apply(manifests, operationId)).rejects.toMatchObject({
      code: 'target-unreachable',
    });

    expect(lines(sent).every((line) => line.startsWith('POST'))).toBe(true);
  });
});

describe('observe', () => {
  const seen = (pod: object, events: readonly object[] = [], deployment: object = object('my')) =>
    kubernetesWith(({ path }) => {
      if (path.includes('/pods')) return { status: 200, body: { items: [pod] } };
      if (path.includes('/events')) return { status: 200, body: { items: events } };
      return { status: 200, body: deployment };
    }).kubernetes.observe('my');
  const pod = (status: object) =>
    object('my-6d5f-abcde', { labels: { component: 'jobmanager' } }, { status: { phase: 'Pending', ...status } });
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
        exitCode: 2,
      },
    ],
    [
      'it took too much memory',
      container({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      {
        reason: 'OOMKilled',
        message: 'container flink-main-container ended with exit code 137 (OOMKilled)',
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
      { reason: 'Error', message: 'container init ended with exit code 1 (Error)', exitCode: 1 },
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
  ])('tells the trouble of a pod when %s', async (_, status, trouble) => {
    const { pods } = await seen(pod(status));

    expect(pods[0]?.trouble).toEqual(trouble);
  });

  it('counts a pod as ready when Kubernetes does', async () => {
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
      },
    ]);
    expect(deployment).toEqual({ clusterId: 'my', uid: 'uid-of-my', operationId, deleting: false, readyReplicas: 1 });
  });

  it('knows when a pod had a node, when its image was fetched and when its container was started', async () => {
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

  it('keeps warnings about this cluster, newest first', async () => {
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

describe('remaining', () => {
  it("counts what is owned, and only high availability's own ConfigMaps without an owner", async () => {
    const ownerReferences = [{ kind: 'Deployment', name: 'my', uid: 'u' }];
    const { kubernetes } = kubernetesWith(({ path }) => {
      if (path.includes('/configmaps?')) {
        const names = [
          'my-cluster-config-map',
          `my-${'a'.repeat(32)}-config-map`,
          'my-notes',
          'other-cluster-config-map',
        ];
        return {
          status: 200,
          body: { items: [object('flink-config-my', { ownerReferences }), ...names.map((name) => object(name))] },
        };
      }
      if (path.includes('/services?'))
        return { status: 200, body: { items: [object('my-rest', { ownerReferences }), object('by-hand')] } };
      if (path.endsWith('/services/my-rest')) return { status: 200, body: object('my-rest', { ownerReferences }) };
      return path.includes('?') ? { status: 200, body: { items: [] } } : { status: 404 };
    });

    const { owned, highAvailability } = await kubernetes.remaining('my');

    expect(owned).toEqual([
      { kind: 'Service', name: 'my-rest' },
      { kind: 'ConfigMap', name: 'flink-config-my' },
    ]);
    expect(highAvailability.map(({ name }) => name)).toEqual([
      'my-cluster-config-map',
      `my-${'a'.repeat(32)}-config-map`,
    ]);
  });
});

describe('logs', () => {
  it("asks for the newest JobManager's", async () => {
    const { kubernetes, sent } = kubernetesWith(({ path }) => {
      const pods = [
        object('old', { creationTimestamp: '2026-11-23T11:00:00Z' }),
        object('new', { creationTimestamp: '2026-11-23T12:00:00Z' }),
      ];
      return { status: 200, body: path.includes('/log?') ? 'line' : { items: pods } };
    });

    const log = await kubernetes.logs('my', { lines: 20, previous: true });

    expect(log).toBe('line');
    expect(sent[1]?.path).toBe(
      '/api/v1/namespaces/flink/pods/new/log?container=flink-main-container&tailLines=20&limitBytes=1000000&previous=true',
    );
  });

  it('has none of a container that has not started', async () => {
    const { kubernetes } = kubernetesWith(({ path }) =>
      path.includes('/log?') ? { status: 400 } : { status: 200, body: { items: [object('new')] } },
    );

    await expect(kubernetes.logs('my', { lines: 20 })).resolves.toBeUndefined();
  });
});

describe('flink', () => {
  const status = (code: number, reason: string) => ({
    status: code,
    body: { kind: 'Status', code, reason, message: 'words' },
  });
  const ask = (answer: ReturnType<Handler>) =>
    kubernetesWith(() => answer).kubernetes.flink('my')({ method: 'GET', path: '/v1/overview' });

  it('goes through the service proxy, and repeats no POST', async () => {
    const { kubernetes, sent } = kubernetesWith(() => ({ status: 200, body: { jobid: 'x' } }));

    const answer = await kubernetes.flink('my')({ method: 'POST', path: '/v1/jars/a.jar/run', json: {} });

    expect(answer).toEqual({ status: 200, body: { jobid: 'x' } });
    expect(sent).toMatchObject([
      { path: '/api/v1/namespaces/flink/services/my-rest:rest/proxy/v1/jars/a.jar/run', repeatable: false },
    ]);
  });

  it.each([404, 409, 500, 503])("brings Flink's own %i", async (code) => {
    const body = { errors: ['words'] };

    await expect(ask({ status: code, body })).resolves.toEqual({ status: code, body });
  });

  it.each([
    ['no Service', status(404, 'NotFound'), 'not-found'],
    ['no ready JobManager', status(503, 'ServiceUnavailable'), 'target-unreachable'],
    ['a proxy that says so in plain words', { status: 502, body: 'Bad Gateway' }, 'target-unreachable'],
    ['no right to the proxy', status(403, 'Forbidden'), 'target-refused'],
  ])('is a fault when there is %s', async (_, answer, code) => {
    await expect(ask(answer)).rejects.toMatchObject({ code });
    await expect(ask(answer)).rejects.toBeInstanceOf(Fault);
  });
});
