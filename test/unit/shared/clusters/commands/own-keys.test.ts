import { describe, expect, it } from 'vitest';

import { origins, sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { data as batchData, getBatchId, listDeploys } from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import {
  clusterId,
  getCluster,
  getState,
  jar,
  listOperations,
  reconcile,
  runWorkflows,
  session,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import { callSpecs } from '#test/unit/shared/clusters/schedules/fixture.ts';

const application = { mode: 'application', job: { jar: 'local:///opt/flink/job.jar' } };
describe.each(origins)('a key of Drey, given by %s', (_origin, send) => {
  it.each(['drey:', 'drey:x', 'drey:lifetime/etl/1/1', 'drey:redriven/a', 'drey:batch/a/0', 'drey:schedule/evening'])(
    'is refused by name: %s',
    async (key) => {
      const answer = await send('deploy', { clusterId, data: session, key }, world);

      expect(answer).toMatchObject({ outcome: 'rejected', code: 'malformed-request' });
      expect(answer.detail).toContain('Keys that begin with drey: are those of Drey itself.');
      expect(listOperations()).toEqual([]);
    },
  );

  it.each(['deploy', 'batch'] as const)('is refused as a dependency of a %s', async (kind) => {
    const deploy = { ...application, dependsOn: ['drey:lifetime/etl/1/1'] };
    const data = kind === 'batch' ? { ...batchData, template: { ...batchData.template, ...deploy } } : deploy;
    const answer = await send(kind, { ...(kind === 'deploy' ? { clusterId } : {}), data }, world);

    expect(answer).toMatchObject({ outcome: 'rejected', code: 'malformed-request' });
    expect(answer.pointers).toContain(kind === 'batch' ? '/template/dependsOn/0' : '/dependsOn/0');
  });

  it('is refused as a dependency of a submit', async () => {
    await startSession(sendHttp);

    expect(await send('submit', { clusterId, data: { jar, dependsOn: ['drey:x'] } }, world)).toMatchObject({
      outcome: 'rejected',
      pointers: ['/dependsOn/0'],
    });
  });

  it('leaves no refusal for the commands of Drey', async () => {
    await send('deploy', { clusterId, data: session, key: 'drey:x' }, world);

    expect(await world.store.refusal('local', 'drey:x')).toBeUndefined();
  });
});

describe('a key of a caller', () => {
  it.each(origins)(
    'that looks like one of a lifetime does not keep a cluster alive, given by %s',
    async (_origin, send) => {
      await send('deploy', { clusterId, data: { ...session, lifetime: { ttl: '1h' } } }, world);
      await runWorkflows();
      const { operationId = '' } = (await getCluster()) ?? {};
      for (const key of [`lifetime/${clusterId}/${operationId}/1`, `lifetime/${clusterId}/${operationId}/2`])
        await send('deploy', { clusterId: 'other', data: session, key }, world);
      world.passTime(2 * 3_600);
      await reconcile();

      expect(await getState()).toBe('STOPPING');
    },
  );

  it.each(origins)(
    'that looks like one of the reconciler does not keep an ended application, given by %s',
    async (_origin, send) => {
      await send('deploy', { clusterId, data: application }, world);
      await runWorkflows();
      const { operationId = '' } = (await getCluster()) ?? {};
      await send(
        'deploy',
        { clusterId: 'other', data: session, key: `application-ended/${clusterId}/${operationId}` },
        world,
      );
      const { flink } = world.kubernetes.cluster(clusterId);
      for (const jobId of flink.jobs.keys()) flink.setState(jobId, 'FINISHED');
      Object.assign(flink, { application: undefined });
      await reconcile();
      await runWorkflows();

      expect(await getState()).toBe('FINISHED');
    },
  );

  it.each(origins)(
    'that looks like one of a batch row does not keep the row from its deploy, given by %s',
    async (_origin, send) => {
      await sendHttp('batch', { data: batchData }, world);
      for (const index of [0, 1])
        await send('deploy', { clusterId: `other-${index}`, data: session, key: `${getBatchId()}/${index}` }, world);
      await runQueues(world);

      expect(listDeploys().map(({ clusterId: id }) => id)).toEqual(expect.arrayContaining(['days-0', 'days-1']));
    },
  );

  it.each(origins)(
    'that looks like one of a stop that is tried again does not keep the cluster, given by %s',
    async (_origin, send) => {
      await submitJob(sendHttp);
      await sendHttp('stop', { clusterId }, world);
      const stop = listOperations().at(-1);
      const [{ value, version } = { value: undefined, version: 0 }] = [
        world.store.operations.get(stop?.operationId ?? ''),
      ];
      if (value === undefined) throw new Error('no stop');
      world.workflows.started.splice(0);
      await world.store.commit({ operations: [{ value: { ...value, state: 'FAILED' }, previous: version }] });
      await send(
        'deploy',
        { clusterId: 'other', data: session, key: `stop-again/${clusterId}/${value.operationId}` },
        world,
      );
      world.passTime(600);
      await reconcile();
      await runWorkflows();

      expect(await getState()).toBe('STOPPED');
    },
  );
});

it('a key of Drey is refused as a dependency of a spec, which schedules deploy', async () => {
  const body = { ...session, dependsOn: ['drey:x'] };

  expect(await callSpecs('PUT', 'nightly', body)).toMatchObject({ status: 400 });
});
