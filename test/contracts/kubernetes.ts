import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { IncompleteDeployment } from '#shared/clusters/model/kubernetes.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Manifests } from '#shared/flink/manifests/manifests.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

export type ByHand = 'Deployment' | 'Service' | 'ConfigMap';

/** An empty namespace, and functions that do what people and other clients do there. */
export interface World {
  readonly kubernetes: Kubernetes;
  /** The port of an invocation whose signal has aborted. */
  readonly aborted: Kubernetes;
  readonly namespace: string;
  create(kind: ByHand, name: string, labels?: Readonly<Record<string, string>>): Promise<void>;
  exists(kind: ByHand, name: string): Promise<boolean>;
  deleteDeployment(name: string): Promise<void>;
  dispose(): Promise<void>;
}

/** The behaviour of every implementation of the port. */
export const kubernetesContract = (name: string, open: () => Promise<World>) =>
  describe(`${name} as Kubernetes`, () => {
    const first = '0'.repeat(32);
    const second = '1'.repeat(32);
    let world: World;
    let kubernetes: Kubernetes;

    beforeAll(async () => {
      world = await open();
      ({ kubernetes } = world);
    });
    afterAll(() => world.dispose());

    // The image does not exist, so nothing runs: the contract tests the control plane.
    const manifests = (clusterId: string): Manifests =>
      renderCluster({
        mode: 'session',
        clusterId,
        namespace: world.namespace,
        config: { 'kubernetes.container.image.ref': 'nowhere.invalid/flink:2.2' },
      });
    const listRemaining = (clusterId: string, uid?: string) =>
      kubernetes.listRemaining({ clusterId, operationId: first, uid });
    const gone = (clusterId: string, uid?: string) =>
      expect
        .poll(async () => (await listRemaining(clusterId, uid)).owned, { timeout: 300_000, interval: 250 })
        .toEqual([]);

    it('creates the Deployment and all that it owns', async () => {
      const { uid } = await kubernetes.apply(manifests('new'), first);

      const { deployment } = await kubernetes.observe('new');
      const { owned, highAvailability } = await listRemaining('new');
      const byUid = await kubernetes.listRemaining({ clusterId: 'new', operationId: second, uid });
      const ofOthers = await kubernetes.listRemaining({ clusterId: 'new', operationId: second });
      expect(deployment).toMatchObject({ clusterId: 'new', uid, operationId: first, deleting: false });
      expect(await kubernetes.findDeployment('new')).toMatchObject({ uid, operationId: first, deleting: false });
      expect(await kubernetes.findDeployment('none')).toBeUndefined();
      expect(owned).toEqual(
        expect.arrayContaining([
          { kind: 'Deployment', name: 'new', uid },
          expect.objectContaining({ kind: 'Service', name: 'new' }),
          expect.objectContaining({ kind: 'Service', name: 'new-rest' }),
          expect.objectContaining({ kind: 'ConfigMap', name: 'flink-config-new' }),
        ]),
      );
      expect(byUid.owned).toContainEqual(expect.objectContaining({ kind: 'Service', name: 'new-rest' }));
      expect(ofOthers.owned).toEqual([]);
      expect(highAvailability).toEqual([]);
    });

    const remove = (clusterId: string, operationId: string, uid?: string) =>
      kubernetes.remove({ clusterId, operationId, uid });

    it('finds its own objects when it is repeated', async () => {
      const before = await kubernetes.apply(manifests('twice'), first);

      const after = await kubernetes.apply(manifests('twice'), first);

      expect(after).toEqual(before);
    });

    it('does not touch the Deployment of another operation', async () => {
      const before = await kubernetes.apply(manifests('other'), first);

      await expect(kubernetes.apply(manifests('other'), second)).rejects.toMatchObject({ code: 'id-taken' });

      const { deployment } = await kubernetes.observe('other');
      expect(deployment).toMatchObject({ uid: before.uid, operationId: first, deleting: false });
    });

    it('does not touch a Deployment that Drey did not deploy', async () => {
      await world.create('Deployment', 'by-hand');

      await expect(kubernetes.apply(manifests('by-hand'), first)).rejects.toMatchObject({ code: 'id-taken' });

      const { deployment } = await kubernetes.observe('by-hand');
      expect(deployment).toMatchObject({ operationId: undefined, deleting: false });
    });

    it('does not change a Service of another owner, and names the Deployment to remove', async () => {
      await world.create('Service', 'crossed-rest');

      const error: unknown = await kubernetes.apply(manifests('crossed'), first).catch((reason: unknown) => reason);

      if (!(error instanceof IncompleteDeployment)) throw new Error('The Deployment is not named', { cause: error });
      expect(error.code).toBe('id-taken');
      const { owned } = await listRemaining('crossed', error.uid);
      expect(owned).toContainEqual({ kind: 'Deployment', name: 'crossed', uid: error.uid });
      await remove('crossed', first, error.uid);
      await gone('crossed');
      expect(await world.exists('Service', 'crossed-rest')).toBe(true);
    });

    it('lists only Deployments of Flink', async () => {
      await kubernetes.apply(manifests('listed'), first);
      await world.create('Deployment', 'unlisted');

      const ids = (await kubernetes.listDeployments()).map(({ clusterId }) => clusterId);

      expect(ids).toContain('listed');
      expect(ids).not.toContain('unlisted');
    });

    it('lists the pods of Flink clusters with their clusters', async () => {
      await kubernetes.apply(manifests('with-pods'), first);

      await expect
        .poll(() => kubernetes.listPods(['with-pods', 'without']), { timeout: 300_000 })
        .toMatchObject([{ component: 'jobmanager', operationId: first }]);
      const own = await kubernetes.listPods(['with-pods']);
      const names = (await kubernetes.listUnreadyPods()).map(({ name: pod }) => pod);
      expect(own.map(({ name: pod }) => [pod, names.includes(pod)])).toEqual(
        own.map(({ name: pod, ready }) => [pod, !ready]),
      );
      expect((await kubernetes.observe('with-pods')).pods).toMatchObject([{ component: 'jobmanager' }]);
    });

    it('observes nothing where no cluster exists', async () => {
      const seen = await kubernetes.observe('nothing');
      const left = await listRemaining('nothing');
      const log = await kubernetes.readLog('nothing', { lines: 1 });
      const pod = { lines: 1, pod: 'nothing-taskmanager-1-1' };
      const podLog = await kubernetes.readLog('nothing', pod);
      const logToEnd = await kubernetes.readLog('nothing', { ...pod, waitForEndMs: 1_000 });

      expect(seen).toEqual({ deployment: undefined, pods: [], warnings: [] });
      expect(left).toEqual({ owned: [], highAvailability: [] });
      expect([log, podLog, logToEnd]).toEqual([undefined, undefined, undefined]);
    });

    it('removes the Deployment with all that belongs to it, until nothing is found', async () => {
      const { uid } = await kubernetes.apply(manifests('removed'), first);

      const removal = await remove('removed', first, uid);

      expect(removal).toMatchObject({ highAvailability: [], isReplaced: false });
      // The garbage collector may be faster with what belongs to it.
      expect(removal.owned).toContainEqual({ kind: 'Deployment', name: 'removed', uid });
      await expect
        .poll(() => remove('removed', first, uid), { timeout: 300_000, interval: 250 })
        .toEqual({ owned: [], highAvailability: [], isReplaced: false });
      expect(await listRemaining('removed', uid)).toEqual({ owned: [], highAvailability: [] });
      expect((await kubernetes.observe('removed')).deployment).toBeUndefined();
    });

    it('removes nothing of another incarnation, and succeeds when there is nothing', async () => {
      const other = 'd9c1f9d0-0000-4000-8000-000000000000';
      await kubernetes.apply(manifests('kept'), first);

      const ofAnother = await remove('kept', second, other);
      const ofNone = await remove('absent', first, other);

      expect(ofAnother).toEqual({ owned: [], highAvailability: [], isReplaced: true });
      expect(ofNone).toEqual({ owned: [], highAvailability: [], isReplaced: false });
      expect((await kubernetes.observe('kept')).deployment?.deleting).toBe(false);
      expect((await listRemaining('kept')).owned).toContainEqual(expect.objectContaining({ name: 'kept-rest' }));
    });

    it('observes that a person deleted the Deployment', async () => {
      await kubernetes.apply(manifests('deleted'), first);

      await world.deleteDeployment('deleted');

      await gone('deleted');
      expect((await kubernetes.observe('deleted')).deployment).toBeUndefined();
    });

    it('lists and removes high-availability data', async () => {
      const labels = { app: 'ha', type: 'flink-native-kubernetes' };
      const map = 'ha-cluster-config-map';
      await world.create('ConfigMap', map, labels);

      const before = await listRemaining('ha');
      const [data] = before.highAvailability;
      await kubernetes.removeConfigMaps([{ kind: 'ConfigMap', name: map, uid: 'another' }]);
      const between = await listRemaining('ha');
      await kubernetes.removeConfigMaps([data!, { kind: 'ConfigMap', name: 'ha-absent', uid: 'absent' }]);
      const after = await listRemaining('ha');

      expect(before).toMatchObject({ owned: [], highAvailability: [{ kind: 'ConfigMap', name: map }] });
      expect(data?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(between).toEqual(before);
      expect(after).toEqual({ owned: [], highAvailability: [] });
    });

    it('finds the checkpoints in the data of a job', async () => {
      const labels = { app: 'stored', type: 'flink-native-kubernetes' };
      await world.create('ConfigMap', `stored-${first}-config-map`, labels);

      expect(await kubernetes.findStoredCheckpoints('stored', first)).toEqual({ last: undefined });
      expect(await kubernetes.findStoredCheckpoints('stored', second)).toBeUndefined();
      await kubernetes.removeConfigMaps((await listRemaining('stored')).highAvailability);
    });

    it('lists the objects of all Flink clusters, and removes one only by its uid', async () => {
      const { uid } = await kubernetes.apply(manifests('whole'), first);
      await world.create('ConfigMap', 'lasting-cluster-config-map', {
        app: 'lasting',
        type: 'flink-native-kubernetes',
      });
      await world.create('ConfigMap', 'stranger');

      const objects = await kubernetes.listFlinkObjects();
      const kept = objects.find(({ name }) => name === 'lasting-cluster-config-map');
      await kubernetes.removeObject({ kind: 'ConfigMap', name: 'lasting-cluster-config-map', uid: 'another' });
      const before = (await kubernetes.listFlinkObjects()).some(({ clusterId }) => clusterId === 'lasting');
      if (kept !== undefined) await kubernetes.removeObject(kept);
      const isListed = (await kubernetes.listFlinkObjects()).some(({ clusterId }) => clusterId === 'lasting');

      expect(objects).toEqual(
        expect.arrayContaining([
          {
            kind: 'Deployment',
            name: 'whole',
            uid,
            clusterId: 'whole',
            operationId: first,
            foreign: false,
            ownerUid: undefined,
          },
          expect.objectContaining({ kind: 'Service', name: 'whole-rest', clusterId: 'whole', ownerUid: uid }),
          expect.objectContaining({ kind: 'ConfigMap', name: 'flink-config-whole', clusterId: 'whole', ownerUid: uid }),
        ]),
      );
      expect(objects.some(({ name }) => name === 'stranger')).toBe(false);
      expect(kept).toMatchObject({ clusterId: 'lasting', ownerUid: undefined });
      expect([before, isListed]).toEqual([true, false]);
    });

    it('reaches no Flink where no cluster exists', async () => {
      const response = kubernetes.flink('nothing')({ method: 'GET', path: '/v1/overview' });

      await expect(response).rejects.toMatchObject({ code: 'not-found' });
    });

    it('stops when its signal aborts', async () => {
      await expect(world.aborted.listDeployments()).rejects.toThrow();
    });
  });
