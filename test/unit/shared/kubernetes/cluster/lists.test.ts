import { describe, expect, it } from 'vitest';

import type { Request } from '#shared/kubernetes/api/exchange.ts';

import { kubernetesWith, object, operationId } from './fixture.ts';

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';

const makePod = (name: string, ready: boolean) =>
  object(
    name,
    { labels: { component: 'taskmanager' }, ownerReferences: [{ kind: 'Deployment', name: 'my', uid: 'uid-of-my' }] },
    {
      status: {
        phase: 'Running',
        containerStatuses: [
          {
            name: 'flink-main-container',
            ready,
            restartCount: 0,
            state: ready ? { running: {} } : { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
          },
        ],
      },
    },
  );
type Pod = ReturnType<typeof makePod>;

/** A namespace with these pods, which selects by the name of a pod. */
const namespaceOf = (pods: readonly Pod[]) =>
  kubernetesWith(({ path }) => {
    const name = /^metadata\.name=(.*)$/.exec(new URLSearchParams(path.split('?')[1]).get('fieldSelector') ?? '')?.[1];
    return {
      status: 200,
      body: { items: pods.filter(({ metadata }) => name === undefined || metadata.name === name) },
    };
  });
const queryOf = ({ path }: Request) => Object.fromEntries(new URLSearchParams(path.split('?')[1]));

describe('the list of unready pods', () => {
  it('reads whole pods only of those that kubectl does not print as ready', async () => {
    const { kubernetes, sent } = namespaceOf([makePod('a', true), makePod('b', false), makePod('c', true)]);

    const pods = await kubernetes.listUnreadyPods();

    expect(pods).toMatchObject([
      { name: 'b', component: 'taskmanager', ownerUids: ['uid-of-my'], trouble: { reason: 'CrashLoopBackOff' } },
    ]);
    expect(sent.map((request) => [request.accept, queryOf(request)])).toEqual([
      [table, { labelSelector: 'type=flink-native-kubernetes', includeObject: 'None', limit: '5000' }],
      [undefined, { labelSelector: 'type=flink-native-kubernetes', fieldSelector: 'metadata.name=b', limit: '500' }],
    ]);
  });

  it('reads page by page when most pods are unready', async () => {
    const unready = Array.from({ length: 201 }, (_, index) => makePod(`pod-${index}`, false));
    const { kubernetes, sent } = namespaceOf([...unready, makePod('ready', true)]);

    const pods = await kubernetes.listUnreadyPods();

    expect(pods).toHaveLength(201);
    expect(sent).toHaveLength(2);
  });

  it('reads the rows of all pages', async () => {
    const { kubernetes, sent } = kubernetesWith(({ path }) => {
      const { continue: page, fieldSelector } = queryOf({ method: 'GET', path });
      if (fieldSelector !== undefined) return { status: 200, body: { items: [makePod('b', false)] } };
      return page === undefined
        ? { status: 200, body: { items: [makePod('a', true)], metadata: { continue: 'next' } } }
        : { status: 200, body: { items: [makePod('b', false)] } };
    });

    expect((await kubernetes.listUnreadyPods()).map(({ name }) => name)).toEqual(['b']);
    expect(sent).toHaveLength(3);
  });
});

describe('the list of the pods of some clusters', () => {
  it('selects them by one request', async () => {
    const { kubernetes, sent } = namespaceOf([makePod('a', true)]);

    expect((await kubernetes.listPods(['one', 'two'])).map(({ name }) => name)).toEqual(['a']);
    expect(sent.map((request) => queryOf(request)['labelSelector'])).toEqual([
      'type=flink-native-kubernetes,app in (one,two)',
    ]);
  });
});

describe('lists of which only the metadata matters', () => {
  const labels = { app: 'my', type: 'flink-native-kubernetes' };
  const annotations = { 'drey.dev/operation': operationId };
  const namespace = () =>
    kubernetesWith(({ path }) =>
      path.includes('/deployments/') || path.includes('/services/')
        ? { status: 404 }
        : {
            status: 200,
            body: { items: path.includes('/deployments') ? [object('my', { labels, annotations })] : [] },
          },
    );
  const listsOf = (sent: readonly Request[]) => sent.filter(({ path }) => path.includes('?'));

  it.each([
    ['Deployments', (kubernetes: ReturnType<typeof namespace>['kubernetes']) => kubernetes.listDeployments()],
    ['objects of Flink', (kubernetes: ReturnType<typeof namespace>['kubernetes']) => kubernetes.listFlinkObjects()],
    [
      'what is left of a cluster',
      (kubernetes: ReturnType<typeof namespace>['kubernetes']) =>
        kubernetes.listRemaining({ clusterId: 'my', operationId }),
    ],
  ])('have no specs, states and data: %s', async (_what, list) => {
    const { kubernetes, sent } = namespace();

    await list(kubernetes);

    const accepted = listsOf(sent).map(({ accept }) => accept);
    expect(accepted.length).toBeGreaterThan(0);
    expect(new Set(accepted)).toEqual(new Set([metadataOnly]));
  });
});
