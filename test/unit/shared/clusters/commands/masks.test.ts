import { beforeEach, describe, expect, it } from 'vitest';

import { planHandler } from '#functions/plan.ts';
import { revisionsHandler } from '#functions/revisions.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';
import { data as batchData } from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import {
  clusterId,
  clusterRef,
  jar,
  listOperations,
  runWorkflows,
  setPolicy,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import { callSpecs } from '#test/unit/shared/clusters/schedules/fixture.ts';

const given = {
  mode: 'application',
  job: { jar: 'https://flink:hunter2@example.com/job.jar', args: ['--password', 'hunter2'] },
  config: { 'containerized.master.env.DB_PASSWORD': 'hunter2' },
  podTemplates: {
    default: {
      spec: { containers: [{ name: 'flink-main-container', env: [{ name: 'LEVEL', value: 'debug' }] }] },
    },
  },
};
const pointers = [
  '/config/containerized.master.env.DB_PASSWORD',
  '/job/args/0',
  '/job/args/1',
  '/job/jar',
  '/podTemplates/default/spec/containers/0/env/0/value',
];

/** The spec as a caller reads it. */
const readSpec = async (): Promise<object> => {
  const route = 'GET /v1/targets/{target}/clusters/{clusterId}/revisions/{revision}';
  const { body } = await callHandler(
    revisionsHandler(world.ports),
    makeHttpEvent(route, { ...clusterRef, revision: '1' }),
  );
  return (body as { deploy: object }).deploy;
};

let shown: object;
beforeEach(async () => {
  setPolicy({ plainSecrets: true, jars: ['*'] });
  await sendHttp('deploy', { clusterId, data: given }, world);
  await runWorkflows();
  shown = await readSpec();
});

const toRefusal = (at: readonly string[]) => ({
  outcome: 'rejected',
  code: 'refused-option',
  pointers: expect.toSatisfy((found: string[]) => found.toSorted().join() === at.toSorted().join()),
  detail: expect.stringContaining('has a mask that Drey shows in place of a secret. Write the value itself.'),
});

describe.each(origins)('a spec that Drey has printed, by %s', (_origin, send) => {
  it.each(['apply', 'deploy'] as const)('is refused by an %s with each masked field', async (kind) => {
    const count = listOperations().length;

    expect(await send(kind, { clusterId, data: { ...shown } }, world)).toMatchObject(toRefusal(pointers));
    expect(listOperations()).toHaveLength(count);
  });

  it('is refused as the template of a batch', async () => {
    const template = { ...batchData.template, job: { ...batchData.template.job, args: ['******'] } };

    expect(await send('batch', { data: { ...batchData, template } }, world)).toMatchObject(
      toRefusal(['/template/job/args/0']),
    );
  });

  it('is refused for a job of a session', async () => {
    await sendHttp('stop', { clusterId }, world);
    await runWorkflows();
    await startSession(sendHttp);
    const data = { jar, config: { 'pipeline.global-job-parameters': 'a.password=******,b=1' } };

    expect(await send('submit', { clusterId, data }, world)).toMatchObject(
      toRefusal(['/config/pipeline.global-job-parameters']),
    );
  });

  it('may have asterisks that are no mask', async () => {
    const script = '/****** daily ******/ SELECT 1;\n-- ******\nSELECT 2;';
    const data = { mode: 'application', job: { sql: { script } } };

    expect(await send('deploy', { clusterId: 'other', data }, world)).toMatchObject({ outcome: 'done' });
  });
});

describe('a spec that Drey has printed', () => {
  const plan = async (body: object) => {
    const route = 'POST /v1/targets/{target}/plans';
    return (await callHandler(planHandler(world.ports), makeHttpEvent(route, { target: 'local' }, { body }))).body;
  };

  it('is refused by a plan and as the spec of schedules', async () => {
    expect(await plan(shown)).toMatchObject({ code: 'refused-option' });
    expect((await callSpecs('PUT', 'nightly', shown)).body).toMatchObject({ code: 'refused-option' });
  });

  it('is planned with the values of its revision, which are not shown', async () => {
    const planned = await plan({ ...shown, clusterId, revision: 1 });

    expect(planned).toMatchObject({ errors: [], changes: { unchanged: true } });
    expect(JSON.stringify(planned)).not.toContain('hunter2');
  });

  it.each([
    ['that stand at another place', { job: { jar: given.job.jar, args: ['a', 'b', '******'] } }, ['/job/args/2']],
    ['of an option that it lacks', { config: { 's3.secret-key': '******' } }, ['/config/s3.secret-key']],
    ['that hide other text', { job: { jar: 'https://…@other.com/job.jar' } }, ['/job/jar']],
  ])('is refused with its revision for masks %s', async (_what, change, at) => {
    expect(await plan({ ...given, podTemplates: {}, ...change, clusterId, revision: 1 })).toMatchObject({
      code: 'refused-option',
      errors: at.map((pointer) => ({ pointer })),
    });
  });

  it('is refused with a revision that is not kept, or of no cluster', async () => {
    expect(await plan({ ...shown, clusterId, revision: 9 })).toMatchObject({ code: 'not-found' });
    const { clusterId: _clusterId, ...nameless } = { ...shown } as Record<string, unknown>;
    expect(await plan({ ...nameless, revision: 1 })).toMatchObject({ errors: [{ pointer: '/clusterId' }] });
  });

  it('runs with its values again by a restart', async () => {
    const data = { savepointDirectory: 's3://bucket/savepoints', stableWithin: '1min' };
    await sendHttp('restart', { clusterId, data }, world);
    await runWorkflows();

    expect(listOperations().find(({ kind }) => kind === 'restart')).toMatchObject({ state: 'SUCCEEDED' });
    expect(JSON.stringify(world.kubernetes.cluster(clusterId).manifests)).toContain('hunter2');
  });
});
