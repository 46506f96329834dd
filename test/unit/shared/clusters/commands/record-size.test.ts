import { describe, expect, it } from 'vitest';

import { targetsHandler } from '#functions/targets.ts';
import { schedulesHandler } from '#functions/schedules.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { origins } from '#test/fakes/origins.ts';
import {
  startSession,
  jar,
  world,
  clusterId,
  listOperations,
  runWorkflows,
  session,
} from '#test/unit/shared/clusters/fixture.ts';

const call = (
  handler: typeof targetsHandler,
  route: string,
  parameters: Readonly<Record<string, string>>,
  body: unknown,
) => callHandler(handler(world.ports), makeHttpEvent(route, { target: 'local', ...parameters }, { body }));
const entries = (count: number, bytes: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'x'.repeat(bytes)]));

describe.each(origins)('the size of a command through %s', (_origin, send) => {
  it.each([
    [{ config: entries(420, 1_000) }, '/config'],
    [{ config: { 'my.option': 'x'.repeat(600_000) } }, '/config/my.option'],
    [{ args: ['€'.repeat(99_000)], config: entries(100, 1_000) }, '/args'],
  ])('is limited for a submit, and the fault names the field', async (data: object, pointer) => {
    await startSession(send);
    const outcome = await send('submit', { clusterId, data: { jar, ...data } }, world);

    expect(outcome).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: [expect.stringContaining(pointer)],
    });
    expect(outcome.detail).toMatch(
      /has [\d,]+ bytes, and the request has [\d,]+\. A record holds at most 350,000 bytes/,
    );
    expect(listOperations()).toHaveLength(1);
  });

  it('is not limited for the configuration of a deploy, which is not in the table', async () => {
    const outcome = await send(
      'deploy',
      { clusterId, data: { ...session, config: { 'env.java.opts.all': 'x'.repeat(600_000) } } },
      world,
    );

    expect(outcome).toMatchObject({ outcome: 'done' });
  });

  it('is limited for an image that the configuration of a deploy names', async () => {
    const config = { 'kubernetes.container.image.ref': 'x'.repeat(600_000) };

    expect(await send('deploy', { clusterId, data: { ...session, config } }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: ['/image'],
    });
  });

  it.each([
    ['stop', { savepoint: 'required', savepointDirectory: `s3://${'x'.repeat(3_000)}` }, '/savepointDirectory'],
    ['extend', { savepointDirectory: `s3://${'x'.repeat(3_000)}` }, '/savepointDirectory'],
    ['dispose-savepoint', { path: 'x'.repeat(3_000) }, '/path'],
  ] as const)('is limited by the schema of %s', async (kind, data, pointer) => {
    await startSession(send);

    expect(await send(kind, { clusterId, data }, world)).toMatchObject({ outcome: 'rejected', pointers: [pointer] });
  });

  it('is limited for each row of a batch, before any row is deployed', async () => {
    const data = {
      name: 'days',
      template: { mode: 'application', image: '${param.image}', job: { jar: 'local:///a.jar' } },
      parameters: [{ image: 'x'.repeat(5_000) }],
    };

    expect(await send('batch', { data }, world)).toMatchObject({ outcome: 'rejected', pointers: ['/template/image'] });
  });
});

describe('the size of a record', () => {
  it('is limited for a target', async () => {
    const target = { cluster: 'eks', region: 'eu-central-1', namespace: 'flink', defaults: entries(420, 1_000) };

    expect(await call(targetsHandler, 'PUT /v1/targets/{target}', {}, target)).toMatchObject({
      status: 400,
      body: { code: 'malformed-request', errors: [{ pointer: '/defaults' }] },
    });
  });

  it('is limited for a schedule', async () => {
    const selector = { labels: { team: 'x'.repeat(420_000) } };
    const schedule = { action: 'stop', expression: 'rate(1 day)', selector };

    expect(
      await call(schedulesHandler, 'PUT /v1/targets/{target}/schedules/{name}', { name: 'evening' }, schedule),
    ).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/selector/labels/team' }] },
    });
    expect(world.timers.recurring.size).toBe(0);
  });

  it('is not exceeded by a submit that the limit allows, when it fails with a long message', async () => {
    await startSession(origins[0]![1]);
    world.kubernetes.cluster(clusterId).flink.program = () => ({
      thrown: `org.example.Refused: ${'x'.repeat(100_000)}`,
    });
    await origins[0]![1]('submit', { clusterId, data: { jar, config: entries(330, 1_000) } }, world);
    await runWorkflows();
    const submitted = listOperations().at(-1);

    expect(submitted).toMatchObject({ kind: 'submit', state: 'FAILED' });
    expect(Buffer.byteLength(JSON.stringify(submitted))).toBeLessThan(360_000);
  });
});
