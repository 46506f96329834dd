import { describe, expect, it } from 'vitest';

import { defaultPolicy } from '#events/records/policy.ts';
import type { Target } from '#events/records/target.ts';
import { targetsHandler } from '#functions/targets.ts';
import { callHandler, makeHttpEvent, userArn } from '#test/fakes/lambda.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';
import { world } from '#test/unit/shared/clusters/fixture.ts';

const target: Target = {
  ...plainTarget,
  namespace: 'etl',
  defaults: {
    'fs.s3a.secret.key': 'hunter2',
    'containerized.master.env.DB_PASSWORD': 'hunter2',
    'env.java.opts.all': '-Xmx1g -Djavax.net.ssl.keyStorePassword=hunter2',
    'kubernetes.jobmanager.entrypoint.args': "-D's3.secret-key=hunter2 hunter2'",
    'pipeline.global-job-parameters': 'day:1,password:hunter2',
    'pipeline.jars': 'https://u:hunter2@example.com/a.jar?X-Amz-Signature=hunter2',
    'rest.port': '8081',
    'env.java.opts.jobmanager': '-XX:+UseSerialGC',
  },
  policy: { ...defaultPolicy, plainSecrets: true, jars: ['*'], locked: { 's3.secret-key': 'hunter2' } },
};

const masked = {
  defaults: {
    'fs.s3a.secret.key': '******',
    'containerized.master.env.DB_PASSWORD': '******',
    'env.java.opts.all': '-Xmx1g -Djavax.net.ssl.keyStorePassword=******',
    'kubernetes.jobmanager.entrypoint.args': '******',
    'pipeline.global-job-parameters': '******',
    'env.java.opts.jobmanager': '-XX:+UseSerialGC',
    'pipeline.jars': 'https://…@example.com/a.jar?…',
    'rest.port': '8081',
  },
  policy: { locked: { 's3.secret-key': '******' } },
};

const put = (body: object) =>
  callHandler(targetsHandler(world.ports), makeHttpEvent('PUT /v1/targets/{target}', { target: 'etl' }, { body }));

describe('a target with secrets', () => {
  it('is shown without them, and used with them', async () => {
    const answer = await put(target);
    const list = await callHandler(targetsHandler(world.ports), makeHttpEvent('GET /v1/targets', {}));

    expect(answer).toMatchObject({ status: 200, body: masked });
    expect(list.body).toMatchObject({ targets: [{ name: 'etl', ...masked }, { name: 'local' }] });
    expect(JSON.stringify([answer, list])).not.toContain('hunter2');
    expect(world.targets.known.get('etl')?.defaults).toEqual(target.defaults);
  });

  it('is refused with the masks that a list shows, and keeps its values', async () => {
    await put(target);
    const { body } = await callHandler(targetsHandler(world.ports), makeHttpEvent('GET /v1/targets', {}));
    const [{ name: _name, updatedBy: _updatedBy, ...shown } = {}] = (
      body as { targets: ({ name: string; updatedBy?: string } & object)[] }
    ).targets;

    const answer = await put(shown);

    expect(answer).toMatchObject({ status: 422, body: { code: 'refused-option' } });
    expect((answer.body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual([
      '/defaults/fs.s3a.secret.key',
      '/defaults/containerized.master.env.DB_PASSWORD',
      '/defaults/env.java.opts.all',
      '/defaults/kubernetes.jobmanager.entrypoint.args',
      '/defaults/pipeline.global-job-parameters',
      '/defaults/pipeline.jars',
      '/policy/locked/s3.secret-key',
    ]);
    expect(world.targets.known.get('etl')).toEqual({ ...target, updatedBy: userArn });
  });
});
