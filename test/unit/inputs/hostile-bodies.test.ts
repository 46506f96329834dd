import { describe, expect, it } from 'vitest';

import { calls } from '#events/http/api.ts';
import { apiHandlers } from '#test/fakes/api-handlers.ts';
import { callHandler, deliverCommands, makeHttpEvent, makeSqsRecord } from '#test/fakes/lambda.ts';
import { origins } from '#test/fakes/origins.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';
import { clusterId, session, world } from '#test/unit/shared/clusters/fixture.ts';

const hex = 'a'.repeat(32);
const parameters = { target: 'local', name: 'office', clusterId, jobId: hex, operationId: hex };

/** Sends a body as text, because an object of JavaScript cannot hold every JSON. */
const sendText = async (route: string, body: string) => {
  const name = calls[route]?.function as keyof typeof apiHandlers; // the routes of these tests exist
  const inPath = [...route.matchAll(/\{(\w+)\+?\}/g)].map(([, one]) => one);
  const event = makeHttpEvent(
    route,
    Object.fromEntries(Object.entries(parameters).filter(([one]) => inPath.includes(one))),
    { body },
  );
  const answer = await callHandler(apiHandlers[name](world.ports), event);
  const problem = answer.body as { readonly code?: string; readonly errors?: readonly { readonly pointer: string }[] };
  return {
    status: answer.status,
    code: problem.code,
    pointers: [...new Set((problem.errors ?? []).map(({ pointer }) => pointer))],
  };
};

/** A deploy in a message of the queue, or in a request. */
const sendDeployText = {
  http: (data: string) => sendText('POST /v1/targets/{target}/clusters', data),
  spec: (data: string) => sendText('PUT /v1/targets/{target}/specs/{name}', data),
  plan: (data: string) => sendText('POST /v1/targets/{target}/plans', data),
  queue: async (data: string) => {
    const message = { specversion: '1.0', id: 'a', type: 'drey.command.deploy.v1', source: 'test' };
    const text = JSON.stringify({ ...message, subject: `targets/local/clusters/${clusterId}` });
    await deliverCommands([makeSqsRecord(text.replace(/\}$/, `,"data":${data}}`))], world.ports);
    const [rejected] = world.bus.rejected;
    const { code, errors = [] } = rejected?.rejection.problem ?? {};
    return { code, pointers: errors.map(({ pointer }) => pointer) };
  },
} as const;

const routesWithBody = Object.entries(calls).flatMap(([route, { body }]) => (body === undefined ? [] : [route]));

const expectNoPollution = () => expect(Reflect.get({}, 'polluted')).toBeUndefined();

describe('names that objects of JavaScript inherit', () => {
  it.each(routesWithBody)('__proto__ is refused by name by %s', async (route) => {
    expect(await sendText(route, '{"__proto__":{"polluted":true}}')).toEqual({
      status: 400,
      code: 'malformed-request',
      pointers: ['/__proto__'],
    });
    expectNoPollution();
  });

  describe.each(Object.entries(sendDeployText))('of a deploy by %s', (_origin, send) => {
    it.each([
      ['/config/__proto__', '"config":{"__proto__":"x"}'],
      ['/labels/__proto__', '"labels":{"__proto__":"x"}'],
      ['/podTemplates/default/spec/__proto__', '"podTemplates":{"default":{"spec":{"__proto__":{"polluted":true}}}}'],
    ])('%s is refused', async (pointer, members) => {
      expect(await send(`{"mode":"session",${members}}`)).toMatchObject({
        code: 'malformed-request',
        pointers: [pointer],
      });
      expectNoPollution();
    });
  });

  it('are ordinary names of options, labels, teams and unknown fields of a template', async () => {
    const names = '"constructor":"x","prototype":"y","toString":"z","hasOwnProperty":"u"';
    const members = `"mode":"session","labels":{${names}},"podTemplates":{"default":{"metadata":{"labels":{${names}}}}}`;
    const config =
      '"a.__proto__.polluted":"x","constructor.prototype.polluted":"y","containerized.master.env.__proto__":"z"';

    expect(await sendDeployText.plan(`{${members},"config":{${config}}}`)).toMatchObject({ status: 200 });
    expect(await sendDeployText.spec(`{${members},"config":{${config}}}`)).toMatchObject({ status: 200 });
    expectNoPollution();
  });

  it('are ordinary names of teams', async () => {
    const body = JSON.stringify({ ...plainTarget, shares: { constructor: { cpu: 0.5 } } });
    await sendText('PUT /v1/targets/{target}', body);

    expect(await sendDeployText.http('{"mode":"session","clusterId":"a","labels":{"team":"toString"}}')).toMatchObject({
      status: 202,
    });
    expect(
      await sendDeployText.http('{"mode":"session","clusterId":"b","labels":{"team":"constructor"}}'),
    ).toMatchObject({
      status: 422,
      code: 'over-limit',
    });
  });
});

describe('a body that is no request', () => {
  it.each(routesWithBody)('is refused by %s', async (route) => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const answers = [];
    for (const body of [deep, '[]', 'null', '"x"', '1e999', '{"a":', '{"constructor":{"prototype":{"polluted":true}}}'])
      answers.push((await sendText(route, body)).status);

    expect([...new Set(answers)]).toEqual([400]);
    expectNoPollution();
  });
});

describe('a limit of a target', () => {
  const put = (members: string) =>
    sendText('PUT /v1/targets/{target}', JSON.stringify(plainTarget).replace(/\}$/, `,${members}}`));

  const wrong = ['1e300', '1e30', '1e308', '1e400', '1e-320', '-0', '-1', '"1.2.3.4"', '"4"', 'null', '[4]', '1000001'];
  it.each(
    ['clusters', 'jobs', 'cpu', 'memoryGibibytes'].flatMap((name) => wrong.map((value) => [name, value] as const)),
  )('%s cannot be %s', async (name, value) => {
    expect(await put(`"limits":{"${name}":${value}}`)).toMatchObject({ status: 400, pointers: [`/limits/${name}`] });
    expect(await put(`"shares":{"etl":{"${name}":${value}}}`)).toMatchObject({ pointers: [`/shares/etl/${name}`] });
  });

  it.each(['1e300', '1e-320', '-0', '1001', '"1"'])('weight cannot be %s', async (value) => {
    expect(await put(`"shares":{"etl":{"weight":${value}}}`)).toMatchObject({
      status: 400,
      pointers: ['/shares/etl/weight'],
    });
  });
});

describe.each(origins)('a field that is too large or of another type, from %s', (_origin, send) => {
  const x = (length: number) => 'x'.repeat(length);
  const job = { jar: 'local:///a.jar' };

  it.each([
    ['/labels/a', { labels: { a: x(64) } }],
    ['/labels', { labels: Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`a${index}`, 'b'])) }],
    [`/config/${x(254)}`, { config: { [x(254)]: 'x' } }],
    ['/config/a.b', { config: { 'a.b': x(2_000_000) } }],
    ['/image', { image: x(1_001) }],
    ['/podTemplates/default', { podTemplates: { default: { metadata: { annotations: { a: x(200_000) } } } } }],
    ['/kerberos/keytab/base64', { kerberos: { keytab: { name: 'a', base64: 'AAAA'.repeat(50_001) } } }],
    ['/kerberos/keytab/name', { kerberos: { keytab: { name: x(254), base64: 'AAAA' } } }],
    ['/files/logback.xml', { files: { 'logback.xml': x(200_001) } }],
    ['/restore/job', { restore: { fromCluster: 'a', job: x(1_001) } }],
    ['/job/jar', { mode: 'application', job: { jar: `local:///${x(2_000)}` } }],
    ['/job/entryClass', { mode: 'application', job: { ...job, entryClass: x(1_001) } }],
    [
      '/job/classpaths',
      { mode: 'application', job: { ...job, classpaths: Array.from({ length: 1_001 }, () => 'file:///a') } },
    ],
    ['/job/classpaths/0', { mode: 'application', job: { ...job, classpaths: [`file:///${x(2_000)}`] } }],
    ['/job/args', { mode: 'application', job: { ...job, args: [x(100_001)] } }],
    ['/job/restore/path', { mode: 'application', job: { ...job, restore: { path: `s3://b/${x(2_000)}` } } }],
    ['/job/python/module', { mode: 'application', job: { python: { module: x(1_001) } } }],
    ['/correlationId', { correlationId: x(201) }],
    ['/taskToken', { taskToken: x(2_049) }],
    ['/image', { image: 5 }],
    ['/labels/a', { labels: { a: 1 } }],
    ['/config/a', { config: { a: { b: 1 } } }],
    ['/job', { job: 7 }],
    ['/priority', { priority: '1' }],
    ['/dependsOn', { dependsOn: { length: 1 } }],
    ['/podTemplates/default/spec/containers', { podTemplates: { default: { spec: { containers: { length: 1 } } } } }],
    ['/podTemplates/default/spec/volumes', { podTemplates: { default: { spec: { containers: [], volumes: 'x' } } } }],
    ['/podTemplates/default/metadata/labels', { podTemplates: { default: { metadata: { labels: ['a'] } } } }],
  ])('is refused by name: %s', async (pointer, data) => {
    const outcome = await send('deploy', { clusterId, data: { ...session, ...data } }, world);

    expect(outcome).toMatchObject({ outcome: 'rejected', pointers: [pointer] });
  });
});
